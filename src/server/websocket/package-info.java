/// WebSocket (RFC 6455), server side, in four layers; each knows only those below it.
///
/// | layer | what it does | what it leaves to the others |
/// |---|---|---|
/// | bits: `FrameReader`, `FrameWriter` | frames to bytes and back, however they are split | no rule is checked |
/// | rules: `MessageReader`, `Utf8`, `CloseCode` | messages of frames, what a client may not do | pure, no I/O |
/// | connection: `Handshake`, `Connection`, `WebSocketServer` | sockets, threads, time, the closing | what is said |
/// | conversation: `LiveDialogue` | the messages below | |
///
/// Every message is text and holds one JSON object. What the server says:
///
/// ```
/// {"seq":N,"event":"snapshot","stats":{…},"tasks":[…]}    the first: stats as /api/status, the newest 100 tasks as
///                                                         /api/tasks lists them, both as of sequence number N
/// {"seq":N,"event":"task","what":"started","at":…,"task":{…}}        then each event after N, as on /api/events;
/// {"seq":N,"event":"cron",…}   {"seq":N,"event":"queue",…}           a client drops what its seq says it has
/// {"seq":N,"event":"reset","oldest":M}                    to a `since` older than what is kept: read the list anew
/// {"event":"subscribed","task":"task_…","status":"running"}          before the first piece of its answer
/// {"event":"chunk","task":"task_…","attempt":1,"offset":0,"end":5,"text":"Hello"}     or "thinking" for "text"
/// {"event":"unsubscribed","task":"task_…","status":"completed"}      its answer is whole (or: the client asked)
/// {"event":"error","error":"what is wrong and what would be right"}  to a message that is not understood
/// {"event":"pong","seq":N}                                to {"ping":true}, for pages, which see no ping frames
/// ```
///
/// What a client may say, each of it alone or several in one message:
///
/// ```
/// {"since":N}                                send the events after N (again), then go on live
/// {"subscribe":["task_…"]}                   the pieces of these tasks' answers, from their beginnings; or from where
/// {"subscribe":[{"id":"task_…","attempt":1,"offset":5}]}             the client is: a chunk's attempt and end
/// {"unsubscribe":["task_…"]}
/// {"ping":true}
/// ```
///
/// Offsets count bytes of UTF-8, of text and thinking together, in the order in which they came. An attempt that starts
/// again begins at offset 0 with a higher number: drop what was shown of the one before. All pieces of an attempt come
/// before the event that tells of its end; of a task that has ended already they come from its result. A subscription
/// ends with its task. `/ws?since=N` takes the events after N in place of the snapshot.
///
/// Close codes: 1001 the server stops; 1002 against RFC 6455; 1003 a binary message; 1007 not UTF-8; 1009 a message
/// that is too long; 1008 no sign of life; 1013 the client takes the events too slowly: it may connect again, and
/// resume.
package server.websocket;
