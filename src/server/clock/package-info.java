/// The time of day that the server goes by; and [server.clock.Rounds], by which one thread looks at the time for many,
/// with [server.clock.Looping], a thread for one.
///
/// A wall clock can be wrong for a moment: a board without a battery starts in 1970 or 2036, somebody sets the date and
/// sets it back. What is recorded, expires or is deleted must not follow such a clock at once.
/// [server.clock.SteadyClock] therefore compares the wall clock with the time that has passed, and follows a jump only
/// after both have agreed again for a minute. It is made once, in `Server`; every other part gets it as an
/// `InstantSource` and knows nothing of this, but for what waits for a length of time or measures one: a
/// [server.clock.ClockReport] tells it by how much the clock was set.
package server.clock;
