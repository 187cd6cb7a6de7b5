/// TLS for HTTP and WebSocket alike: certificate and key from files, and workarounds for the JDK's TLS.
///
/// ```
///  server.tls_cert ─▶ Pem ─▶ Identity ─▶ Identities ─▶ Tls ─┬─▶ configurator() ─▶ HttpsServer, through CalmEngine
///  server.tls_key  ─▶ Pem ─▶ Der                            └─▶ over(Socket)   ─▶ WebSocket
/// ```
///
/// | class | what it does |
/// |---|---|
/// | `Pem`, `Der` | files to certificates and keys; the forms of OpenSSL (PKCS#1, SEC1) become PKCS#8 |
/// | `Identity` | a chain and its key, checked: they match, and the certificate is valid now |
/// | `Identities` | the identity that handshakes use; replaced when the files change, kept if the new ones are wrong |
/// | `Tls` | the settings, and TLS for both servers |
/// | `CalmContext`, `CalmEngine` | engines for `jdk.httpserver` that never make it wait |
/// | `NoReverseLookup` | keeps it from looking up clients' names |
///
/// **Threads.** `tls-files` (virtual) checks the files each second. Handshakes run on the threads of the connections.
///
/// **Assumed of `jdk.httpserver`** (JDK 25): the handshake runs on the handler's thread, before the head is read, so
/// that `server.http.SlowRequests` ends it too. It looks up the name of each connecting address. It writes TLS's close
/// message on shared threads, and does not return before the client has taken it.
package server.tls;
