package server.queue.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

final class PoolTest {

    private final Pool pool = new Pool();

    /// A value that is equal to others of its kind. While it is compared, something happens.
    private record Compared(Runnable meanwhile) {

        @Override
        public boolean equals(Object other) {
            meanwhile.run();
            return other instanceof Compared;
        }

        @Override
        public int hashCode() {
            return "m".hashCode();
        }
    }

    @Test
    void equalValues_areOne_andOthersThemselves() {
        String first = new String("qwen3");
        assertSame(first, pool.share(first));
        assertSame(first, pool.share(new String("qwen3")));
        assertEquals("gemma", pool.share("gemma"));
        assertNull(pool.share((String) null));
    }

    /// Another thread may take the place between the look and the answer.
    @Test
    void place_takenByAnotherMeanwhile_givesNobodyAnothersValue() {
        Compared first = new Compared(() -> { });
        pool.share(first);
        assertSame(first, pool.share(new Compared(() -> pool.share("m"))));
    }
}
