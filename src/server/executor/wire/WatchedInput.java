package server.executor.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A host's answer that tells the watch of every byte that came.
final class WatchedInput extends FilterInputStream {

    private final CallWatch watch;

    WatchedInput(InputStream in, CallWatch watch) {
        super(in);
        this.watch = watch;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        watch.heard();
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        watch.heard();
        return count;
    }
}
