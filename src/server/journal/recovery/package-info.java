/// What makes a journal one that can be used, and what inspects it: start, restore, repair, verify.
///
/// | class | when | changes |
/// |---|---|---|
/// | `Restore` | a start finds a backup and no journal | makes compacted files |
/// | `Recovery` | every start | closes the last segment, drops a torn batch and what a compaction left |
/// | `Inspection` | `journal verify`, `journal dump` | nothing; a server may be running |
/// | `Repair` | `journal repair` | rewrites damaged files, and keeps them as `.broken` |
///
/// What is torn and what is damaged, and why, stands on the front page of `server.journal`. Recovery never guesses:
/// what may have been acknowledged is kept, or the start is refused. Only `Repair` drops more, and says what.
///
/// All run on one thread, with the directory locked (`Inspection` without), before the journal has threads. Each write
/// is a new file, synced, then renamed, or a closing mark behind synced lines: cut off anywhere, they can run again.
package server.journal.recovery;
