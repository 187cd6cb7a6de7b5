/// Simulation: the tasks recorded in a journal, run again under other settings without any host.
///
/// ```
/// journal ─ Inspection ─▶ Recording ─▶ Simulation ─ QueueState ─ ReadyOrder ─┐
///                            │             └─────── SimulatedHosts ─ PlayedHosts, Routing
///                            └─▶ Figures ◀──┘                        ▲───────┘
/// ```
///
/// - *Recorded*: a task's arrival and its request, the seconds of its attempts without their loads, the pauses before
///   retries, changed priorities, pauses of the queue. A task that never ran, or has not ended, is left out. An attempt
///   takes as long on any host, and a load as long as such loads took on average; the time between two attempts in one
///   place is the usual one.
/// - The hosts' lists of models are not recorded: each host has every model that its settings allow.
/// - A host has room for as many models as were ever seen there at once. Work of other programs on the hosts, and the
///   time without a server, are not recorded.
/// - Pure, except for [Recording#read]; one thread.
package server.simulate;
