package server.journal;

/// What a line may use of the space that is left where no further segment can be made, because the disk is full. Three
/// classes, so that what is there can go on and end when nothing new can be taken.
///
/// A reserve is [JournalOptions#reserve] bytes.
public enum Urgency {

    /// Something new: leaves two reserves untouched.
    LOW(2),
    /// What goes on with what is there: leaves one.
    NORMAL(1),
    /// What ends something: may use all.
    HIGH(0);

    final int reserves;

    Urgency(int reserves) {
        this.reserves = reserves;
    }
}
