package server.cron.plan;

/// What a cron task is to do, as its user said it, but for the template of its tasks. Times and durations are
/// milliseconds.
///
/// @param expression   see `shared.cron.CronExpression`
/// @param zone         the id of the time zone whose clock it follows
/// @param missed       what becomes of due times that passed while the server could not serve them
/// @param missedMaxAge how old such a due time may be to get its run
/// @param jitter       a run is late by up to this, by chance but always the same for one due time; 0: none
/// @param startAt      no due time before this; 0: no bound
/// @param endAt        no due time after this; 0: no bound
/// @param maxRuns      after how many runs it has no further due time; 0: no bound
/// @param metadata     a JSON object; null for none
public record CronPlan(String name, String expression, String zone, boolean enabled, Missed missed, long missedMaxAge,
        Overlap overlap, long jitter, long startAt, long endAt, long maxRuns, byte[] metadata) {

    public static final long MISSED_MAX_AGE_MS = 24 * 3_600_000L;

    /// Returns the same plan, enabled or disabled.
    public CronPlan enabled(boolean on) {
        return new CronPlan(name, expression, zone, on, missed, missedMaxAge, overlap, jitter, startAt, endAt, maxRuns,
                metadata);
    }

    /// Returns whether both have the same due times.
    boolean sameTimes(CronPlan other) {
        return expression.equals(other.expression) && zone.equals(other.zone) && enabled == other.enabled
                && startAt == other.startAt && endAt == other.endAt && maxRuns == other.maxRuns;
    }
}
