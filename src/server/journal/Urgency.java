package server.journal;

/// How much of the remaining space a line may use when the disk is full and no further segment can be made. There are
/// three classes, so that existing tasks can continue and end when nothing new can be accepted.
///
/// A reserve is [JournalOptions#reserve] bytes.
public enum Urgency {

    /// Something new: leaves two reserves untouched.
    LOW(2),
    /// Something that continues existing tasks: leaves one.
    NORMAL(1),
    /// Something that ends: may use everything.
    HIGH(0);

    final int reserves;

    Urgency(int reserves) {
        this.reserves = reserves;
    }
}
