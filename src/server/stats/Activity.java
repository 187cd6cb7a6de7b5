package server.stats;

import java.util.Arrays;

/// How a host uses its time: loading, answering, or neither. An answer that it gives while it loads counts as loading.
/// Not safe for several threads. Times are milliseconds since the epoch.
public final class Activity {

    /// The length of a part of the lane, in milliseconds.
    public static final long PART_MS = 5_000;
    /// The number of parts kept, including the running one.
    static final int PARTS = 120;
    private static final long DAY_MS = 86_400_000;

    private final long[] loading = new long[PARTS];
    private final long[] answering = new long[PARTS];
    /// The time before this moment has been counted.
    private long counted;
    private boolean loads;
    private boolean answers;
    private long day;
    private long loadingToday;
    private long answeringToday;
    private long loadingEver;
    private long answeringEver;

    /// The last [#PARTS] parts, the current day in UTC, and the totals; all in milliseconds.
    ///
    /// @param loading   the time in each part, the oldest first; the last part is the running one
    /// @param answering likewise
    /// @param loadingEver since the counting began, as is `answeringEver`
    public record HostLane(long[] loading, long[] answering, long loadingToday, long answeringToday, long loadingEver,
            long answeringEver) {
    }

    /// @param now when the counting begins
    public Activity(long now) {
        counted = now;
    }

    /// Records whether the host loads or answers from a moment on.
    public void turn(boolean nowLoads, boolean nowAnswers, long now) {
        count(now);
        loads = nowLoads;
        answers = nowAnswers;
    }

    /// Returns how the host has used its time up to a moment.
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

    /// After a small step back of the clock, counting resumes once the old time is reached again; after a large one it
    /// starts anew.
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
