package server.journal.disk;

import java.io.IOException;


/// Reports a journal that cannot be trusted: bytes that had been written are missing or changed. Says where, and how to
/// inspect it.
public final class JournalDamage extends IOException {

    private static final long serialVersionUID = 1;

    public final String file;
    public final long offset;
    /// The first sequence number that is affected; -1 if it is not known.
    public final long seq;
    public final String what;

    /// @param offset of the first damaged byte, in bytes from the start of the file
    /// @param seq    the sequence number that the next line should have; -1: not known
    /// @param what   what is wrong there, for people
    public JournalDamage(Storage storage, String file, long offset, long seq, String what) {
        super("journal damaged: " + storage.describe(file) + ", offset " + offset
                + (seq < 0 ? "" : ", sequence number " + seq) + ": " + what
                + "; to inspect it: ollama-queue-server journal verify " + storage.describe(""));
        this.file = file;
        this.offset = offset;
        this.seq = seq;
        this.what = what;
    }
}
