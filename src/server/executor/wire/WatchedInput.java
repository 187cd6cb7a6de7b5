package server.executor.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A host's answer that reports every byte that comes to the watch.
final class WatchedInput extends FilterInputStream {

    private final CallWatch watch;
    private boolean ended;

    WatchedInput(InputStream in, CallWatch watch) {
        super(in);
        this.watch = watch;
    }

    /// Returns whether it was read to its end, so that its connection can be used again.
    boolean ended() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        ended |= value < 0;
        watch.heard();
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        ended |= count < 0;
        watch.heard();
        return count;
    }
}
