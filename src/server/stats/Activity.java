package server.stats;

import java.util.Arrays;

/// What a host does with its time: it loads, it answers, or neither; what it answers while it loads counts as loading.
/// Not safe for several threads. Times are milliseconds since the epoch.
public final class Activity {

    /// The length of a part of the lane, in milliseconds.
    public static final long PART_MS = 5_000;
    /// How many parts are kept, the running one included.
    static final int PARTS = 120;
    private static final long DAY_MS = 86_400_000;

    private final long[] loading = new long[PARTS];
    private final long[] answering = new long[PARTS];
    /// Everything before this is counted.
    private long counted;
    private boolean loads;
    private boolean answers;
    private long day;
    private long loadingToday;
    private long answeringToday;
    private long loadingEver;
    private long answeringEver;

    /// The last minutes, and the present day in UTC; all are milliseconds.
    ///
    /// @param loading   by part, the oldest first; the last one is the running one
    /// @param answering likewise
    /// @param loadingEver since the counting began; so is `answeringEver`
    public record HostLane(long[] loading, long[] answering, long loadingToday, long answeringToday, long loadingEver,
            long answeringEver) {
    }

    /// @param now when the counting begins
    public Activity(long now) {
        counted = now;
    }

    /// Notes whether the host loads or answers from a moment on.
    public void turn(boolean nowLoads, boolean nowAnswers, long now) {
        count(now);
        loads = nowLoads;
        answers = nowAnswers;
    }

    /// Returns what the host did until a moment.
    public HostLane lane(long now) {
        count(now);
        return new HostLane(ordered(loading), ordered(answering), loadingToday, answeringToday, loadingEver,
                answeringEver);
    }

    private long[] ordered(long[] parts) {
        long[] all = new long[PARTS];
        for (int i = 0; i < PARTS; i++) {
            all[i] = parts[slot(counted / PART_MS + 1 + i)];
        }
        return all;
    }

    /// A clock that is set back counts on once that moment is reached again; one set back far starts again.
    private void count(long now) {
        if (now < counted - PARTS * PART_MS) {
            Arrays.fill(loading, 0);
            Arrays.fill(answering, 0);
            counted = now;
        }
        if (now <= counted) {
            return;
        }
        if (now / DAY_MS != day) {
            day = now / DAY_MS;
            loadingToday = 0;
            answeringToday = 0;
        }
        long today = now - Math.max(counted, day * DAY_MS);
        loadingToday += loads ? today : 0;
        answeringToday += answers && !loads ? today : 0;
        loadingEver += loads ? now - counted : 0;
        answeringEver += answers && !loads ? now - counted : 0;
        counted = Math.max(counted, (now / PART_MS - PARTS + 1) * PART_MS);
        while (counted < now) {
            long part = counted / PART_MS;
            if (counted % PART_MS == 0) {
                loading[slot(part)] = 0;
                answering[slot(part)] = 0;
            }
            long end = Math.min(now, (part + 1) * PART_MS);
            loading[slot(part)] += loads ? end - counted : 0;
            answering[slot(part)] += answers && !loads ? end - counted : 0;
            counted = end;
        }
        if (now % PART_MS == 0) {
            loading[slot(now / PART_MS)] = 0;
            answering[slot(now / PART_MS)] = 0;
        }
    }

    private static int slot(long part) {
        return (int) (part % PARTS);
    }
}
