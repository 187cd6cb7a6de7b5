/// The indexes by which tasks are found: a million tasks in a small heap, and operations whose time hardly depends on
/// their number.
///
/// | class | finds | order | bytes a task |
/// |---|---|---|---|
/// | `Arrivals` | the task in a slot, an `int` that a task keeps | arrival | 4 to 8 |
/// | `IdTable` | the slot of an id or of its prefix | id | 14 |
/// | `SortedSlots` | tasks by a time: due, expiring, to be deleted | time | 12, while it is in one |
/// | `TasksByCron` | the tasks that a cron task created | arrival | 12, if one did |
/// | `Totals` | how many tasks match a filter | none | none |
/// | `Keys` | the task submitted with an idempotency key | none | two map entries, if it has one |
///
/// **Rules.** Pure, and not thread-safe: the ledger's lock is held. An index holds slots and numbers, not tasks, so a
/// change of a task replaces one reference in `Arrivals`. Dereferencing a task is a cache miss that costs several times
/// the rest of a search, so the tables distinguish tasks without it.
package server.queue.index;
