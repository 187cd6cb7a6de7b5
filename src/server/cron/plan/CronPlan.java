package server.cron.plan;

/// What a cron task must do, as its user defined it, except for the template of its tasks. Times are milliseconds since
/// the epoch, durations milliseconds.
///
/// @param expression   see `shared.cron.CronExpression`
/// @param zone         the id of the time zone that it follows
/// @param missed       what happens to due times that passed while the server could not serve them
/// @param missedMaxAge the greatest age of such a due time that still gets a run
/// @param jitter       the longest delay of a run, which is random, but always the same for one due time; 0: none
/// @param startAt      no due time before this; 0: no bound
/// @param endAt        no due time after this; 0: no bound
/// @param maxRuns      the number of runs after which it has no further due time; 0: no bound
/// @param metadata     a JSON object; null for none
public record CronPlan(String name, String expression, String zone, boolean enabled, Missed missed, long missedMaxAge,
        Overlap overlap, long jitter, long startAt, long endAt, long maxRuns, byte[] metadata) {

    public static final long MISSED_MAX_AGE_MS = 24 * 3_600_000L;

    /// Returns the same plan, enabled or disabled.
    public CronPlan enabled(boolean on) {
        return new CronPlan(name, expression, zone, on, missed, missedMaxAge, overlap, jitter, startAt, endAt, maxRuns,
                metadata);
    }

    /// Returns whether both plans have the same due times.
    boolean sameTimes(CronPlan other) {
        return expression.equals(other.expression) && zone.equals(other.zone) && enabled == other.enabled
                && startAt == other.startAt && endAt == other.endAt && maxRuns == other.maxRuns;
    }
}
