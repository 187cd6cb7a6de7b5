/// The limits that the settings impose on clients and models: how many tasks may be pending and running, with which
/// priority and in which window. Pure, as `server.order`: times and settings are arguments.
///
/// | class | what it does |
/// |---|---|
/// | `OrderLimits` | the settings `clients`, `models` and `windows`, and their rules for a submit |
/// | `Crowd` | counts pending and running tasks, by client and model |
/// | `Budget` | the number of requests in the last minute; `ClientBudgets` has one for each client |
/// | `Window` | a time of the day; `Gates` holds the tasks that wait for one, and knows when it opens and closes |
///
/// **Rules.** Calls happen under the queue's lock, so they are quick; only `ClientBudgets` has its own lock, for
/// handlers. Nothing here is in the journal: it follows from the tasks, the settings and the time, or is forgotten at a
/// restart.
package server.order.limits;
