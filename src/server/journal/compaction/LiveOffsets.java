package server.journal.compaction;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.journal.disk.Segment;

/// The lines that must stay, as the offsets at which their positions say that they begin, by the number in them.
/// 4 bytes a line.
final class LiveOffsets {

    private static final class Offsets {
        int[] offsets = new int[64];
        int count;
    }

    private final Map<Integer, Offsets> byOrigin = new HashMap<>();
    private int lastOrigin;
    private Offsets last;
    /// Those of which not all has to stay; null in what holds those.
    private LiveOffsets partly;

    static LiveOffsets of(LiveLines lines) {
        LiveOffsets all = new LiveOffsets();
        LiveOffsets partly = new LiveOffsets();
        lines.forEach((position, whole) -> {
            all.add(position);
            if (!whole) {
                partly.add(position);
            }
        });
        partly.sort();
        all.sort();
        all.partly = partly;
        return all;
    }

    private void sort() {
        byOrigin.values().forEach(one -> {
            one.offsets = Arrays.copyOf(one.offsets, one.count);
            Arrays.sort(one.offsets);
        });
    }

    private void add(long position) {
        int origin = Segment.number(position);
        if (origin != lastOrigin) {
            lastOrigin = origin;
            last = byOrigin.computeIfAbsent(origin, absent -> new Offsets());
        }
        if (last.count == last.offsets.length) {
            last.offsets = Arrays.copyOf(last.offsets, last.count * 3 / 2);
        }
        last.offsets[last.count++] = Segment.offset(position);
    }

    /// Ascending; empty if there are none.
    int[] of(int origin) {
        Offsets found = byOrigin.get(origin);
        return found == null ? new int[0] : found.offsets;
    }

    /// Whether all of a needed line has to stay.
    boolean isWhole(int origin, int offset) {
        return Arrays.binarySearch(partly.of(origin), offset) < 0;
    }

    /// Whether all of each needed line has to stay.
    boolean areWhole(List<Integer> origins) {
        return partly.count(origins) == 0;
    }

    long count(List<Integer> origins) {
        return origins.stream().mapToLong(origin -> of(origin).length).sum();
    }
}
