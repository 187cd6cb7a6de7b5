/// TLS as the server speaks it, for HTTP and WebSocket alike: certificate and key from files, and what of the JDK's
/// TLS has to be steered.
///
/// ```
///  server.tls_cert ─▶ Pem ─▶ Identity ─▶ Identities ─▶ Tls ─┬─▶ configurator() ─▶ HttpsServer, through CalmEngine
///  server.tls_key  ─▶ Pem ─▶ Der                            └─▶ over(Socket)   ─▶ WebSocket
/// ```
///
/// | class | what it does |
/// |---|---|
/// | `Pem`, `Der` | files to certificates and keys; the forms of OpenSSL (PKCS#1, SEC1) become PKCS#8 |
/// | `Identity` | a chain and its key, checked: they fit, and the certificate is valid now |
/// | `Identities` | the identity that handshakes use; replaced when the files have changed, kept where they are wrong |
/// | `Tls` | the settings, and both ways to speak |
/// | `CalmContext`, `CalmEngine` | engines for `jdk.httpserver` that never make it wait |
/// | `NoReverseLookup` | keeps it from asking the name service who connects |
///
/// **Threads.** `tls-files` (virtual) looks at the files each second. Handshakes run on the threads of the connections.
///
/// **Assumed of `jdk.httpserver`** (JDK 25): the handshake runs in the handler's thread, before the head is read, so
/// that `server.http.SlowRequests` ends it too. It asks for the name of each address that connects. It writes TLS's
/// farewell from threads that serve all, and does not return before the client has taken it.
package server.tls;
