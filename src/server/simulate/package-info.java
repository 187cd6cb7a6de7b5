/// Simulation: the tasks recorded in a journal, run again under other settings without any host.
///
/// ```
/// journal ─ Inspection ─▶ Recording ─▶ Simulation ─ QueueState ─ ReadyOrder ─┐
///                            │             └─────── SimulatedHosts ─ PlayedHosts, Routing
///                            └─▶ Figures ◀──┘                        ▲───────┘
/// ```
///
/// - *Recorded*: a task's arrival and its request, the duration of its attempts without their loads, the pauses before
///   retries, changed priorities, pauses of the queue. A task that never ran, or has not ended, is left out. An attempt
///   takes as long on any host; a load takes the average time of such loads; the time between two attempts in one slot
///   is the average one.
/// - The hosts' lists of models are not recorded: each host has every model that its settings allow.
/// - A host has room for as many models as were ever seen there at once. Other programs' work on the hosts, and times
///   without a server, are not recorded.
/// - Pure, except for [Recording#read]; one thread.
package server.simulate;
