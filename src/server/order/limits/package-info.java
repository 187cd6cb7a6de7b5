/// What the settings allow clients and models, and when: how many tasks may be pending and run, which priority and
/// which window they may have. Pure, as `server.order`: times and settings come in as arguments.
///
/// | class | what it does |
/// |---|---|
/// | `OrderLimits` | the settings `clients`, `models` and `windows`, and what a submit has to obey of them |
/// | `Crowd` | counts what is pending and runs, by client and model |
/// | `Budget` | how many requests were made in the last minute; `ClientBudgets` has one of each client |
/// | `Window` | a time of the day; `Gates` has the tasks that wait for one, and tells when it opens and closes |
///
/// **Rules.** Called under the queue's lock, so it is quick; `ClientBudgets` alone has a lock of its own, for handlers.
/// Nothing here is on record: it follows from the tasks, the settings and the time, or a restart forgets it.
package server.order.limits;
