/// Start, restore, repair and verify: makes a journal usable, or inspects it.
///
/// | class | when | changes |
/// |---|---|---|
/// | `Restore` | a start finds a backup and no journal | makes compacted files |
/// | `Recovery` | every start | closes the last segment, drops a torn batch and leftovers of a compaction |
/// | `Inspection` | `journal verify`, `journal dump` | nothing; a server may be running |
/// | `Repair` | `journal repair` | rewrites damaged files, and keeps them as `.broken` |
///
/// The front page of `server.journal` defines torn and damaged. Recovery never guesses: lines that may have been
/// acknowledged are kept, or the start is refused. Only `Repair` drops more, and reports it.
///
/// All run on one thread, with the directory locked (`Inspection` without), before the journal has threads. Each write
/// is a new file that is synced and then renamed, or a closing mark after synced lines: after an interruption at any
/// point they can run again.
package server.journal.recovery;
