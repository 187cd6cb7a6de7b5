/// The time of day that the server uses; also [server.clock.Rounds], one thread that checks the time for many, and
/// [server.clock.Looping], a thread that runs a loop.
///
/// A wall clock can be wrong for a moment: a board without a battery starts in 1970 or 2036; somebody sets the date and
/// sets it back. What is recorded, expires or is deleted must not follow such a clock at once. So
/// [server.clock.SteadyClock] compares the wall clock with the elapsed time, and follows a jump only after it has
/// lasted for a minute. It is created once, in `Server`; every other part gets it as an `InstantSource` and knows
/// nothing of this. Only code that waits for a duration or measures one asks a [server.clock.ClockReport] by how much
/// the clock was set.
package server.clock;
