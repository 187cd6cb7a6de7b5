/// What comes next, and when, for people: a copy of the order is played forward by the same choice that the live queue
/// makes, against a copy of the hosts, where attempts take as long as such attempts usually do. Pure, as
/// [server.order] is.
///
/// ```
///  under the queue's lock   QueueState.standing ─▶ Standing (copy of the order, what runs, estimates)
///  after it                 Ahead.of(standing, copy of the hosts) ─▶ Forecast
///  of all tasks             Ahead.starts ─▶ Upcoming, in their order; with what the others wait for ─▶ Outlook
/// ```
///
/// **What it is worth.** The order in which tasks start is exact where nothing else comes, attempts end in the order in
/// which their means say, and the hosts load and fail as is known. Of a deep queue only the first tasks are played; who
/// stands behind them is told by counting.
package server.order.ahead;
