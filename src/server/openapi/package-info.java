/// The API's description of itself: OpenAPI 3.1 (`GET /openapi.json`), generated from the table of routes while the
/// server runs. Each part of it is written next to the code that it describes:
///
/// | what | where it is written |
/// |---|---|
/// | paths, methods, scopes, parameters | the rows of [server.http.Routes] |
/// | a sentence, the body, the answers of a row | its `about`, one text: see [OpenApi] |
/// | the members of answers | `SHAPES` beside the writer of each, in the form of [Shapes] |
/// | the fields of requests | the list that the reader itself uses |
///
/// A row without an `about` does not compile. `e2e.OpenApiTest` asks a server for every row and compares the answers
/// with the description.
package server.openapi;
