/// What would have been: tasks that a journal has on record, run again under other settings without any host.
///
/// ```
/// journal ─ Inspection ─▶ Recording ─▶ Simulation ─ QueueState ─ ReadyOrder ─┐
///                            │             └─────── SimulatedHosts ─ PlayedHosts, Routing
///                            └─▶ Figures ◀──┘                        ▲───────┘
/// ```
///
/// - *Recorded* of a task: when it came and what it asked for, the seconds of its attempts without their loads, the
///   pauses before retries, priorities that were changed, pauses of the queue. A task that never ran, or has not ended,
///   is left out. An attempt takes as long on any host, and a load as long as such loads took on average; between two
///   attempts in one place passes what usually did.
/// - Which models a host lists is not on record: each has every model that its settings let it have.
/// - How many models fit on a host is the most that were seen to be there at once. What somebody else did there, and
///   the time in which no server ran, are not on record.
/// - Pure but for [Recording#read]; one thread.
package server.simulate;
