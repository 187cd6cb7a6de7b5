/// Cron expressions: from text to due times and to words. Pure: no clock, no state.
///
/// ```
///   "CRON_TZ=Europe/Berlin 0 9 * * 1-5" ──▶ CronParser ──▶ CronExpression ──▶ next(after): the next due time
///                                          (CronField,      │
///                                           CronFields)     └──▶ CronWords: "at 09:00, Monday to Friday"
/// ```
///
/// Rules:
/// - The grammar is crontab(5)'s with seconds, plus `@daily` and the like, `@every`, `L`, `W`, `#` and `~`; everything
///   else is refused with the column and what to write.
/// - Daylight saving is handled as by Debian's cron(8): see [shared.cron.CronExpression].
/// - `~` chooses by a seed, the same in every version of the program.
/// - Due times are in the years 1 to 9999. An expression that is never due is refused when it is read.
///
/// Assumed: zones are the JDK's; a new release of its data may move future due times.
package shared.cron;
