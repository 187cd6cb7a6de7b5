/// Which task runs next, and where. Pure: no clock, no thread, no I/O; hosts, times and settings come in as arguments,
/// so that the live queue, the simulation of the tests and `simulate` run the same code. The rules stand in DESIGN.md,
/// "Order".
///
/// **Rules.** It is called under the queue's lock, so it is quick, and calls back only the [server.order.Offers] that
/// it was given.
package server.order;
