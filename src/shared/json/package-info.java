/// JSON (RFC 8259) as bytes of UTF-8: a reader that is asked for what is expected, a writer, and a tree for those to
/// which speed does not matter.
///
/// | class | what it does |
/// |---|---|
/// | `JsonReader` | passes over a text value by value; checks all of it, builds only what is asked for |
/// | `SeenNames` | refuses a name that an object has twice |
/// | `Quoted`, `Words` | the text between quotes; short texts that come again are built once |
/// | `Slice` | the bytes of a value as they stand, to be handed on without a copy |
/// | `JsonWriter` | compact JSON; puts the commas |
/// | `Json` | a value as a tree |
/// | `JsonException` | what is wrong, with line, column and path |
///
/// How an object is read, wherever that is done:
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
/// - A text from outside may nest [shared.json.JsonReader#DEPTH_MAX] deep or as deep as a setting says; what these
///   programs wrote is read with [shared.json.JsonReader#ofOwn], which allows for the text that it holds.
/// - A slice keeps the whole array alive that it points into. A value that stays for long is copied.
/// - A reader and a writer belong to one thread.
/// - The reader is on the path of every line of the journal at the start, the writer on that of every event: `make
///   bench ONLY=json` and `start` say what a change costs.
///
/// Assumed: numbers are kept as their digits, so nothing is lost that a `double` would lose.
package shared.json;
