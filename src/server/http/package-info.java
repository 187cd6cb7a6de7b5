/// HTTP as a mechanism: listens, reads requests, finds their routes, writes answers. It knows nothing of the queue; the
/// handlers are in `server.api`, and who may ask is decided in `server.access`.
///
/// ```
///  WebServer ─▶ Boundary ─▶ Routes.find ─▶ Guard.check ─▶ Handler.handle(WebRequest) ─▶ Answer ─▶ Boundary writes it
///                  │                                          Query, Bodies, BodyStream     Whole or Streamed
///                  └── catches every Throwable of the above: a Problem's status, or 500 and one line of the log
/// ```
///
/// **Threads.** `jdk.httpserver`'s own thread accepts; each request then has a virtual thread `http` until its answer
/// is written, and one for all of them ends those that arrive too slowly ([server.http.SlowRequests]). A stream keeps
/// its thread ([server.http.LiveOutput]). `gone-callers` looks for clients that have left while work is done for them
/// ([server.http.GoneCallers]).
///
/// **Rules.** A handler throws a `Problem`, a `JsonException` or an `IOException`; nothing else is expected. All that a
/// request or an answer keeps in memory is counted in [server.http.Bodies], and given back when the request ends. Where
/// the connection is broken, or must break, the boundary throws: only so does `jdk.httpserver` forget it. A body whose
/// end others may see elsewhere is the last of its connection ([server.http.WebRequest]).
///
/// **Relayed routes** ([server.http.Routes]), the paths of Ollama and its like, differ in whose pages may ask, in the
/// form of their errors, in that the type of a body does not matter, and in that `/q/…` may stand before them.
///
/// **Start-up rule** (rules of the start, on the front page of `server`). No pattern `switch` and no `HttpClient` on
/// the way to the first answer: the boundary therefore tells its two kinds of answers apart by `instanceof`.
///
/// **Assumed of `jdk.httpserver`** (`src/PLATFORM.md`): it reads chunk sizes modulo 2^32, takes a bare CR for a line
/// end, throws at trailer fields, and notices a client that has gone only by writing to it. Where accepting
/// fails for lack of a descriptor, it goes round in its loop for ever ([server.access.Connections] keeps some back). It
/// keeps twice the longest piece of an answer with each connection ([server.http.OutInPieces]). It measures
/// `limits.request_time` by the wall clock: a clock that is set ahead, or a process that was stopped for so long, costs
/// the requests that are just coming in; none of them was acknowledged.
package server.http;
