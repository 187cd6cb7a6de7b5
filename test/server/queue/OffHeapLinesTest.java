package server.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;

import shared.json.Slice;

final class OffHeapLinesTest {

    private static final int[] LENGTHS = {1, 100, 32 << 10, 1, (32 << 10) + 1, 20_000, 256 << 10, 2, (256 << 10) + 1,
        1_000_000, 0, 32 << 10, 3};

    @Test
    void lines_ofAnyLength_alsoOfAnother_areAsTheyWere() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        List<byte[]> expected = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            OffHeapLines all = new OffHeapLines(arena);
            for (int part = 0; part < 3; part++) {
                OffHeapLines lines = new OffHeapLines(arena);
                fill(lines, expected, random);
                all.add(lines);
                fill(all, expected, random);
            }
            assertEquals(expected.size(), all.size());
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i).length, all.length(i));
                ByteBuffer[] pieces = all.bytes(i);
                assertEquals(1, pieces.length);
                byte[] found = new byte[pieces[0].remaining()];
                pieces[0].get(found);
                assertArrayEquals(expected.get(i), found, "line " + i);
            }
        }
    }

    private static void fill(OffHeapLines lines, List<byte[]> expected, RandomGenerator random) {
        for (int length : LENGTHS) {
            byte[] line = new byte[length + 1];
            random.nextBytes(line);
            lines.add(new Slice(line, 1, line.length));
            expected.add(Arrays.copyOfRange(line, 1, line.length));
        }
    }
}
