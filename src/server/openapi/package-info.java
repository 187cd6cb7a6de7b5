/// What the API tells of itself: the description in OpenAPI 3.1 (`GET /openapi.json`), made from the table of routes
/// while the server runs. Nothing is written beside the code that it tells of:
///
/// | what | where it stands |
/// |---|---|
/// | paths, methods, scopes, parameters | the rows of [server.http.Routes] |
/// | a sentence, the body, the answers of a row | its `about`, one text: see [OpenApi] |
/// | the members of answers | `SHAPES` beside the writer of each, in the form of [Shapes] |
/// | the fields of requests | the list by which the reader itself knows its fields |
///
/// A row without an `about` does not compile. `e2e.OpenApiTest` asks a server for every row and holds what it answers
/// against its description.
package server.openapi;
