package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;

import org.junit.jupiter.api.Test;

final class BodiesTest {

    private static final int MAX = 1 << 20;

    private final Bodies bodies = new Bodies(MAX, 10);

    @Test
    void bodyThatCannotBeReadForWantOfMemory_givesItsRoomBack() {
        InputStream noMemory = new InputStream() {
            @Override
            public int read() {
                throw new OutOfMemoryError("of the test");
            }
        };
        InputStream some = new SequenceInputStream(new ByteArrayInputStream(new byte[100_000]), noMemory);
        assertThrows(OutOfMemoryError.class, () -> bodies.read(some, -1, MAX, "a body"));
        assertEquals(0, bodies.used());
        assertThrows(OutOfMemoryError.class, () -> bodies.read(noMemory, 1_000, MAX, "a body"));
        assertEquals(0, bodies.used());
    }
}
