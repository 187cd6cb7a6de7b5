/// The one way to follow events, and answers in progress.
///
/// ```
///  journal's writer ──▶ EventHub ──▶ outbox ─┐
///                                            ├─▶ Subscription.poll ──▶ Item ──▶ server-sent events, lines of JSON,
///  the journal's past ──▶ EventLog ──────────┤                                  WebSocket messages
///                                            │
///  a host's pieces ──▶ AnswerBuffer ──▶ AnswerReader
/// ```
///
/// | rule | ensured by |
/// |---|---|
/// | each event once, in order, without gaps | `Subscription` |
/// | an attempt's pieces come after the event of its start and before the event of its end | `AnswerReader` |
/// | a subscriber that reads too slowly is dropped, and learns where it can resume | `Subscription`, `EventHub` |
/// | an answer keeps its beginning; the rest comes from the result | `AnswerBuffer`, `AnswerReader` |
///
/// **Threads and locks.** The journal's writer appends an event to the hub's list and does not wait. `event-hub`
/// (virtual) fills the outboxes and wakes their readers. A host's thread writes its answer's buffer and wakes its
/// readers. A subscription is used by the thread that subscribed. Locks are held briefly and never while another is
/// taken, except an outbox's lock inside the hub's; no thread waits for a reader.
///
/// **Bounds.** At most 4,096 events wait for one subscriber, and an eighth of the heap for all of them; 4 MiB of one
/// running answer are kept, an eighth of the heap for all; of unfinished answers 4,096 characters each, 2 Mi in all;
/// 100 answers can be followed at a time. Past events are read in turns ([server.queue.ledger.Pace]).
package server.live;
