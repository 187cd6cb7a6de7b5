package server.journal.compaction;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.journal.disk.Segment;

/// The lines that must stay, as the offsets in their positions, by the file number in their positions. 4 bytes per
/// line.
final class LiveOffsets {

    private static final class Offsets {
        int[] offsets = new int[64];
        int count;
    }

    private final Map<Integer, Offsets> byOrigin = new HashMap<>();
    private int lastOrigin;
    private Offsets last;
    /// The lines of which only a part must stay; null in the instance that holds those.
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

    /// Returns the offsets in ascending order; empty if there are none.
    int[] of(int origin) {
        Offsets found = byOrigin.get(origin);
        return found == null ? new int[0] : found.offsets;
    }

    /// Returns whether a needed line must stay completely.
    boolean isWhole(int origin, int offset) {
        return Arrays.binarySearch(partly.of(origin), offset) < 0;
    }

    /// Returns whether every needed line must stay completely.
    boolean areWhole(List<Integer> origins) {
        return partly.count(origins) == 0;
    }

    long count(List<Integer> origins) {
        return origins.stream().mapToLong(origin -> of(origin).length).sum();
    }
}
