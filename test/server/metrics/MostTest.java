package server.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

final class MostTest {

    private final Map<String, long[]> counts = new HashMap<>();

    @Test
    void of_atTheMost_keepsEach() {
        fill(Most.VALUES_MAX);
        assertEquals(Most.VALUES_MAX, bounded().size());
        assertFalse(bounded().containsKey(Most.OTHER));
    }

    @Test
    void of_oneMore_theLeastUsedIsOther() {
        fill(Most.VALUES_MAX + 1);
        assertEquals(Most.VALUES_MAX + 1, bounded().size());
        assertFalse(bounded().containsKey("v0"));
        assertArrayEquals(new long[] {1, 0}, bounded().get(Most.OTHER));
    }

    @Test
    void of_aValueThatIsCalledOther_isAddedToTheRest() {
        fill(Most.VALUES_MAX + 1);
        counts.put(Most.OTHER, new long[] {0, 1_000});
        assertEquals(Most.VALUES_MAX + 1, bounded().size());
        assertArrayEquals(new long[] {1, 1_000}, bounded().get(Most.OTHER));
    }

    @Test
    void of_aLongValue_isOther() {
        counts.put("x".repeat(Most.LENGTH_MAX), new long[] {1, 0});
        counts.put("x".repeat(Most.LENGTH_MAX + 1), new long[] {0, 7});
        assertArrayEquals(new long[] {1, 0}, bounded().get("x".repeat(Most.LENGTH_MAX)));
        assertArrayEquals(new long[] {0, 7}, bounded().get(Most.OTHER));
    }

    @Test
    void of_valuesThatAreWrittenAlike_areOne() {
        counts.put("\ud800a", new long[] {1, 0});
        counts.put("\ud801a", new long[] {2, 0});
        counts.put("?a", new long[] {4, 0});
        assertArrayEquals(new long[] {7, 0}, bounded().get("?a"));
        assertEquals(1, bounded().size());
    }

    private void fill(int values) {
        for (int i = 0; i < values; i++) {
            counts.put("v" + i, new long[] {i + 1, 0});
        }
    }

    private Map<String, long[]> bounded() {
        return Most.of(counts, value -> value);
    }
}
