/// Which task runs next, and where. Pure: no clock, no thread, no I/O; hosts, times and settings come in as arguments,
/// so that the live queue, the tests' simulation and `simulate` run the same code. DESIGN.md has the rules, under
/// "Order".
///
/// **Rules.** It is called under the queue's lock, so it must be quick, and it calls back only the
/// [server.order.Offers] that it was given.
package server.order;
