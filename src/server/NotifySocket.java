package server;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/// A Unix datagram socket to one address, which the JDK's own channels cannot open. The constants are Linux's, because
/// only there a supervisor uses one. Not thread-safe.
final class NotifySocket implements AutoCloseable {

    private static final long AF_UNIX = 1;
    private static final long SOCK_DGRAM = 2;
    private static final long SOCK_CLOEXEC = 0x8_0000;
    private static final long MSG_NOSIGNAL = 0x4000;
    /// unix(7): two bytes for the family, then the path, its zero byte included.
    private static final int FAMILY_SIZE = 2;
    private static final int PATH_MAX = 108;

    /// Wide enough for each of the functions, which ignore further arguments.
    private static final FunctionDescriptor SIX_NUMBERS = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private final Arena arena = Arena.ofConfined();
    private final MethodHandle sendto = function("sendto");
    private final MemorySegment address;
    private final long descriptor;

    private NotifySocket(byte[] name) {
        address = arena.allocate(FAMILY_SIZE + name.length);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, FAMILY_SIZE, name.length);
        descriptor = call(function("socket"), AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0, 0, 0);
        if (descriptor < 0) {
            arena.close();
            throw new IllegalStateException("no socket");
        }
    }

    /// Opens a socket.
    ///
    /// @param path of the supervisor's socket; a leading `@` stands for the zero byte of an abstract name
    /// @throws IllegalStateException if the system provides no socket, or the path is too long
    static NotifySocket open(String path) {
        boolean isAbstract = path.startsWith("@");
        byte[] name = (isAbstract ? path : path + '\0').getBytes(StandardCharsets.UTF_8);
        if (name.length > PATH_MAX) {
            throw new IllegalStateException("longer than " + PATH_MAX + " bytes");
        }
        name[0] = isAbstract ? 0 : name[0];
        return new NotifySocket(name);
    }

    /// Sends a message.
    ///
    /// @return whether it was sent completely
    boolean send(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try (Arena brief = Arena.ofConfined()) {
            MemorySegment text = brief.allocateFrom(JAVA_BYTE, bytes);
            return call(sendto, descriptor, text.address(), bytes.length, MSG_NOSIGNAL, address.address(),
                    address.byteSize()) == bytes.length;
        }
    }

    @Override
    public void close() {
        call(function("close"), descriptor, 0, 0, 0, 0, 0);
        arena.close();
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), SIX_NUMBERS);
    }

    /// Calls a function. Each of them returns an `int` or a small number, so the upper half is ignored.
    private static int call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        try {
            return (int) (long) function.invokeExact(a, b, c, d, e, f);
        } catch (Throwable never) {
            throw new IllegalStateException(never);
        }
    }
}
