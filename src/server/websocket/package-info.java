/// WebSocket (RFC 6455), server side: a mechanism that knows neither the queue nor the content of messages. It listens
/// on its own port, because `jdk.httpserver` cannot switch protocols. There are four layers, each of which knows only
/// those before it:
///
/// | layer | what it does | what it leaves to others |
/// |---|---|---|
/// | bits: `FrameHead`, `FrameReader`, `FrameWriter` | frames to bytes and back, in any fragments | checks no rule |
/// | rules: `MessageReader`, `Utf8Check`, `Close`, `Violation` | messages, violations by a client | no I/O |
/// | connection: `Handshake`, `Reception`, `Inbox`, `Connection` | one socket, its timeouts and end | the content |
/// | server: `WebSocketServer`, `Entrance` | who may connect, and how many | |
///
/// A `Dialogue` provides the content; the API implements it (`server.api.LiveDialogue`).
///
/// **Threads.** `websocket-accept` (platform) accepts. Each connection has `websocket-read` (virtual), which owns the
/// socket, and once it is open `websocket-write` (virtual), which runs the dialogue and is the only writer.
/// `websocket-look` (virtual) checks the timeouts of all connections, because neither of the two can while it is stuck
/// in the socket. No lock is held while a socket is read or written.
///
/// **Close codes.** 1001 the server stops; 1002 a violation of RFC 6455; 1003 a binary message; 1007 not UTF-8; 1008 no
/// sign of life; 1009 a message is too long; 1011 an error of the server; 1013 the client reads too slowly: it may
/// reconnect and resume.
package server.websocket;
