/// The forecast of what starts next, and when, for people: a copy of the order is played forward by the live queue's
/// own rules, against a copy of the hosts on which attempts take their usual time. Pure, as [server.order] is.
///
/// ```
///  under the queue's lock   QueueState.standing ─▶ Standing (copy of the order, running attempts, estimates)
///  after it                 Ahead.of(standing, copy of the hosts) ─▶ Forecast
///  of all tasks             Ahead.starts ─▶ Upcoming, in their order; with what the others wait for ─▶ Outlook
/// ```
///
/// **Accuracy.** The order of starts is exact if nothing else arrives, attempts end in the order of their means, and
/// the hosts load and fail as known. Of a deep queue only the first tasks are played; the others are counted.
package server.order.ahead;
