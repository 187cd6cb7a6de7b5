/// Cron expressions: from text to due times and to words. Pure: no clock, no state.
///
/// ```
///   "CRON_TZ=Europe/Berlin 0 9 * * 1-5" ──▶ CronParser ──▶ CronExpression ──▶ next(after): the next due time
///                                          (CronField,      │
///                                           CronFields)     └──▶ CronWords: "at 09:00, Monday to Friday"
/// ```
///
/// Rules:
/// - The grammar is crontab(5)'s with seconds, `@daily` and its like, `@every`, `L`, `W`, `#` and `~` beyond it; all
///   else is refused with the column and what to write.
/// - When the clocks change, Debian's cron(8) is followed: see [shared.cron.CronExpression].
/// - `~` chooses by a seed, the same in every version of the program.
/// - Due times lie in the years 1 to 9999. An expression that is never due is refused when it is read.
///
/// Assumed: zones are the JDK's; a new release of its data may move due times that lie in the future.
package shared.cron;
