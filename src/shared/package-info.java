/// The vocabulary that server and client share: the names of a task's type, status and priority, and the one exception
/// for an error that the user can correct.
///
/// ```
///   text ──▶ Utf8 ──▶ shared.json, shared.config ──▶ values
///                          │
///                          ▼
///              Problem(status, reason, place)   ──▶  server: {"error":…,"reason":…,"line":…,"column":…,"path":…}
///                                               ──▶  client: its message, and the exit status that fits
/// ```
///
/// Rules:
/// - Bytes become text in two places only, [shared.Utf8] and the JSON reader. Both skip a byte order mark and name
///   UTF-16 in their errors.
/// - A place in a text is data ([shared.TextPlace]). No code parses a message to find it; code that wraps a problem
///   uses [shared.Problem#reason] and [shared.Problem#at].
/// - One class, [shared.Trust], decides what a TLS client trusts, for the client and for the server's connections to
///   hosts.
/// - Nothing here knows the server or the client, holds state or starts a thread. Values are immutable.
/// - It compiles for Java 17, because the client's single file does: no patterns in `switch`.
///
/// Assumed: messages are English and for people; programs read the status and the place.
package shared;
