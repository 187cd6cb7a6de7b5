/// One way to hear what happens: events, and the answers that are being given.
///
/// ```
///  journal's writer ──▶ EventHub ──▶ outbox ─┐
///                                            ├─▶ Subscription.poll ──▶ Item ──▶ server-sent events, lines of JSON,
///  the journal's past ──▶ EventLog ──────────┤                                  WebSocket messages
///                                            │
///  a host's pieces ──▶ AnswerBuffer ──▶ AnswerReader
/// ```
///
/// | rule | where it stands |
/// |---|---|
/// | each event once, in order, none left out | `Subscription` |
/// | an attempt's pieces come after the event it began with and before the one it ended with | `AnswerReader` |
/// | a subscriber that reads too slowly is dropped, and told where it can resume | `Subscription`, `EventHub` |
/// | an answer keeps its beginning; what it did not keep comes from the result | `AnswerBuffer`, `AnswerReader` |
///
/// **Threads and locks.** The journal's writer puts an event into the hub's list and goes on. `event-hub` (virtual)
/// fills the outboxes and wakes their readers. A host's thread writes its answer's buffer and wakes its readers. A
/// subscription is used by the thread that subscribed. Locks are held for moments, none while another is taken but the
/// hub's over an outbox's; nobody waits for a reader.
///
/// **Bounds.** 4,096 events wait for one subscriber, an eighth of the heap for all of them; 4 MiB of one running
/// answer are kept, an eighth of the heap of all; of those that attempts broke off, 4,096 characters each, 2 Mi of
/// all; 100 answers are followed at a time. The past is read in turns ([server.queue.ledger.Pace]).
package server.live;
