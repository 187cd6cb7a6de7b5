package support;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// The socket on which systemd listens: a Unix datagram socket.
public final class NotifyListener implements AutoCloseable {

    private static final int POLLIN = 1;
    private static final int MESSAGE_MAX = 4096;

    private final Arena arena = Arena.ofConfined();
    private final int descriptor;

    /// @param name a path, or `@` and an abstract name
    public NotifyListener(String name) {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment address = arena.allocate(2 + path.length + 1);
        address.set(JAVA_SHORT, 0, (short) 1);
        MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
        boolean isAbstract = name.startsWith("@");
        if (isAbstract) {
            address.set(JAVA_BYTE, 2, (byte) 0);
        }
        descriptor = call("socket", 1, 2, 0, 0);
        if (call("bind", descriptor, address.address(), 2 + path.length + (isAbstract ? 0 : 1), 0) != 0) {
            throw new AssertionError("cannot bind to " + name);
        }
    }

    /// Returns the next message.
    public String receive(Duration patience) {
        MemorySegment waiting = arena.allocate(8, 4);
        waiting.set(JAVA_INT, 0, descriptor);
        waiting.set(JAVA_SHORT, 4, (short) POLLIN);
        if (call("poll", waiting.address(), 1, patience.toMillis(), 0) != 1) {
            throw new AssertionError("no message within " + patience);
        }
        MemorySegment message = arena.allocate(MESSAGE_MAX);
        int length = call("recv", descriptor, message.address(), MESSAGE_MAX, 0);
        return new String(message.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        call("close", descriptor, 0, 0, 0);
        arena.close();
    }

    @SuppressWarnings("restricted")
    private static int call(String function, long a, long b, long c, long d) {
        Linker linker = Linker.nativeLinker();
        try {
            return (int) (long) linker.downcallHandle(linker.defaultLookup().find(function).orElseThrow(),
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG))
                    .invokeExact(a, b, c, d);
        } catch (Throwable never) {
            throw new AssertionError(never);
        }
    }
}
