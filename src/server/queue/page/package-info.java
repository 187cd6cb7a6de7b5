/// Pages of tasks: filtered, sorted, searched.
///
/// | order | way | cost at a million tasks |
/// |---|---|---|
/// | arrival | `ArrivalWalk` ends with the page | the page, and the tasks that the filter skips |
/// | any other | all matching tasks go through one `Selection`, a heap of the page's end | one walk |
/// | with a query | the newest 100,000 matches are searched in the journal | up to 200,000 reads |
/// | with a cause, causes themselves | all matching failed tasks, examined between the steps | one walk |
/// | of some cron tasks | `TasksByCron` knows them | those tasks |
///
/// **Rules.** The ledger's lock is held for 32 chunks of 1,024 tasks at a time; between two steps tasks may come,
/// change and go, so a page is exact only while nothing changes. The disk is read without the lock. A page is shown
/// once everything in it is durable.
package server.queue.page;
