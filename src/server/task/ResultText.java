package server.task;

import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// The text of a result, Ollama's final object: `message.content` and `message.thinking`, or `response` and
/// `thinking`. An embedding has none.
public record ResultText(String text, String thinking) {

    /// Joins the texts of a result; each is empty, not null, where the result has none.
    public static ResultText of(Slice result) {
        return read(JsonReader.ofOwn(result));
    }

    private static ResultText read(JsonReader json) {
        String text = "";
        String thinking = "";
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            Kind kind = json.peek();
            if (name.equals("message") && kind == Kind.OBJECT) {
                ResultText message = read(json);
                text += message.text();
                thinking += message.thinking();
            } else if (kind == Kind.STRING && (name.equals("content") || name.equals("response"))) {
                text += json.string();
            } else if (kind == Kind.STRING && name.equals("thinking")) {
                thinking += json.string();
            } else {
                json.skip();
            }
        }
        return new ResultText(text, thinking);
    }
}
