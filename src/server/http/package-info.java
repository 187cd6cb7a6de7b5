/// HTTP as a mechanism: listens, reads requests, finds their routes, writes answers. It does not know the queue; the
/// handlers are in `server.api`, and `server.access` decides who may make requests.
///
/// ```
///  WebServer ─▶ Boundary ─▶ Routes.find ─▶ Guard.check ─▶ Handler.handle(WebRequest) ─▶ Answer ─▶ Boundary writes it
///                  │                                          Query, Bodies, BodyStream     Whole or Streamed
///                  └── catches every Throwable of the above: a Problem's status, or 500 and one line of the log
/// ```
///
/// **Threads.** `jdk.httpserver`'s own thread accepts; each request then has a virtual thread `http` until its answer
/// is written, and one thread ends the requests that arrive too slowly ([server.http.SlowRequests]). A stream keeps its
/// thread ([server.http.LiveOutput]). `gone-callers` looks for clients that have left while the server works for them
/// ([server.http.GoneCallers]).
///
/// **Rules.** A handler throws a `Problem`, a `JsonException` or an `IOException`; nothing else is expected. The memory
/// of requests and answers is counted in [server.http.Bodies] and released when the request ends. If the connection is
/// broken, or must be closed, the boundary throws, because only then does `jdk.httpserver` forget it. A body whose end
/// a proxy may see elsewhere is the last on its connection ([server.http.WebRequest]).
///
/// **Relayed routes** ([server.http.Routes]), the paths of Ollama and similar APIs, differ in the pages that may use
/// them and in the form of their errors; a body of any type is accepted, and `/q/…` may precede them.
///
/// **Start-up rule** (rules of the start, on the front page of `server`). No pattern `switch` and no `HttpClient` on
/// the way to the first answer: the boundary therefore tells its two kinds of answers apart by `instanceof`.
///
/// **Assumed of `jdk.httpserver`** (`src/PLATFORM.md`): it reads chunk sizes modulo 2^32, takes a bare CR as a line
/// end, throws at trailer fields, and notices a vanished client only by writing to it. When accepting fails for lack of
/// a descriptor, its loop spins forever ([server.access.Connections] reserves some). It keeps a buffer of twice the
/// longest write of an answer with each connection ([server.http.OutInPieces]). It measures `limits.request_time` by
/// the wall clock: setting the clock ahead, or stopping the process for that long, ends the requests that are just
/// arriving; none of them was acknowledged.
package server.http;
