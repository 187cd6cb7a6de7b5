/// Where a task is found: a million of them in a small heap, each operation in about the same time at any depth.
///
/// | class | finds | order | bytes a task |
/// |---|---|---|---|
/// | `Arrivals` | the task in a slot, an `int` that stays its own | arrival | 4 to 8 |
/// | `IdTable` | the slot of an id, or of the beginning of one | id | 14 |
/// | `SortedSlots` | what is due: scheduled, expiring, to be forgotten | time | 12, while it is in one |
/// | `TasksByCron` | the tasks that a cron task made | arrival | 12, if one did |
/// | `Totals` | how many tasks pass a filter | none | none |
/// | `Keys` | the task that came with an idempotency key | none | two map entries, if one did |
///
/// **Rules.** Pure, and not thread-safe: the ledger's lock is held. An index holds slots and numbers, not tasks, so a
/// change of a task replaces one reference in `Arrivals`. To look at a task costs a cache miss, several times what the
/// rest of a search costs; so the tables tell tasks apart without that.
package server.queue.index;
