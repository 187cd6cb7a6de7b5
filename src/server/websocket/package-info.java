/// WebSocket (RFC 6455), server side: a mechanism that knows neither the queue nor what is said. It listens on a port
/// of its own, for `jdk.httpserver` cannot switch protocols. Four layers, each of which knows only those before it:
///
/// | layer | what it does | what it leaves to others |
/// |---|---|---|
/// | bits: `FrameHead`, `FrameReader`, `FrameWriter` | frames to bytes and back, however split | checks no rule |
/// | rules: `MessageReader`, `Utf8Check`, `Close`, `Violation` | messages, what a client must not do | no I/O |
/// | connection: `Handshake`, `Reception`, `Inbox`, `Connection` | one socket, its time and end | what is said |
/// | server: `WebSocketServer`, `Entrance` | who may come in, and how many | |
///
/// A `Dialogue` says what is said; the API brings it (`server.api.LiveDialogue`).
///
/// **Threads.** `websocket-accept` (platform) accepts. Each connection has `websocket-read` (virtual), which owns the
/// socket, and once it is open `websocket-write` (virtual), which leads the dialogue and alone writes. `websocket-look`
/// (virtual) looks after the time of all, for neither of the two can while it is stuck in the socket. No lock is held
/// while a socket is read or written.
///
/// **Close codes.** 1001 the server stops; 1002 against RFC 6455; 1003 a binary message; 1007 not UTF-8; 1008 no sign
/// of life; 1009 a message that is too long; 1011 a fault of the server; 1013 the client takes what is said too slowly:
/// it may connect again, and resume.
package server.websocket;
