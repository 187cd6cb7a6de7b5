/// JSON (RFC 8259) as UTF-8 bytes: a reader that is asked for the expected values, a writer, and a tree for code in
/// which speed does not matter.
///
/// | class | what it does |
/// |---|---|
/// | `JsonReader` | reads a text value by value; checks all of it, builds only the values asked for |
/// | `SeenNames` | refuses duplicate names in an object |
/// | `Quoted`, `Words` | the text between quotes; repeated short texts are built once |
/// | `Slice` | the bytes of a value, unchanged, to be passed on without a copy |
/// | `JsonWriter` | compact JSON; adds the commas |
/// | `Json` | a value as a tree |
/// | `JsonException` | an error, with line, column and path |
///
/// How an object is read everywhere:
///
/// ```
///   json.beginObject();
///   for (String name = json.nextName(); name != null; name = json.nextName()) {
///       switch (name) {
///           case "host" -> host = json.string();          // another kind: "host must be a string, not a number"
///           case "payload" -> payload = json.raw();       // checked, not built
///           default -> json.skip();                       // or an error
///       }
///   }
/// ```
///
/// Rules:
/// - A text from outside may be nested [shared.json.JsonReader#DEPTH_MAX] deep, or as deep as a setting says. A text
///   that another program judges, and one written by these programs ([shared.json.JsonReader#ofOwn]), may have any
///   depth: what is nested very deep is skipped without recursion and never entered, and in a tree it stays as it was
///   written. Code that recurses over a reader asks [shared.json.JsonReader#isDeep].
/// - A slice keeps the whole array alive that it refers to. A long-lived value is copied.
/// - A reader and a writer belong to one thread.
/// - The reader is on the path of every line of the journal at the start, the writer on that of every event: `make
///   bench ONLY=json` and `start` show the cost of a change.
///
/// Assumed: numbers are kept as digits, so nothing is lost that a `double` would lose.
package shared.json;
