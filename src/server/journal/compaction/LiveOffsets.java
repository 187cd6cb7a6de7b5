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

    static LiveOffsets of(LiveLines lines) {
        LiveOffsets all = new LiveOffsets();
        lines.forEach(all::add);
        all.byOrigin.values().forEach(one -> {
            one.offsets = Arrays.copyOf(one.offsets, one.count);
            Arrays.sort(one.offsets);
        });
        return all;
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

    long count(List<Integer> origins) {
        return origins.stream().mapToLong(origin -> of(origin).length).sum();
    }
}
