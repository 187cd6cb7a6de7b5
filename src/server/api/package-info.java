/// The handlers: what the server answers to each request and says on each stream. [server.api.HttpApi] is the table of
/// contents.
///
/// ```
///  POST, PUT, DELETE ─▶ TaskApi, BatchApi, CronApi, QueueApi ─▶ queue ─▶ the answer leaves once the change is durable
///  GET ───────────────▶ ListApi, TaskApi, ServerApi, …       ─▶ a look at the queue, as JSON
///  GET …/events, /ws ─▶ EventsApi, LiveDialogue ─▶ a Subscription's items ─▶ SseEncoder, LineEncoder, messages
/// ```
///
/// **Rules.** A handler translates and decides nothing about tasks: that is the queue's. Each runs on a virtual thread
/// of its request. What takes long (searches, replays, whole lists) keeps to the queue's `Pace`, so that others get
/// their answers meanwhile. What is read of a task while it is deleted is left out, or is a 404.
///
/// To add a route: a row in `HttpApi.routes` with its scope (what a token must allow; a query parameter that is not
/// named there is a 400), a method beside the others, its row in README's table and in `guide/http-api.md`, its test in
/// `test/server/api`. The scope of what changes something is `SUBMIT` only if the handler holds it to the tasks of the
/// asker's own client.
package server.api;
