package server.task;

import java.util.ArrayList;
import java.util.List;

import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// The text of a result, Ollama's final object: `message.content` and `message.thinking`, or `response` and
/// `thinking`. An embedding has none.
///
/// @param runs the bytes of UTF-8 of thinking, text, thinking and so on in the order in which they came, where they
///             alternated; empty: all thinking came first
public record ResultText(String text, String thinking, List<Long> runs) {

    /// Joins the texts of a result; each is empty, not null, where the result has none.
    public static ResultText of(Slice result) {
        return read(JsonReader.ofOwn(result));
    }

    private static ResultText read(JsonReader json) {
        String text = "";
        String thinking = "";
        List<Long> runs = List.of();
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
            } else if (kind == Kind.ARRAY && name.equals("runs")) {
                runs = numbers(json);
            } else {
                json.skip();
            }
        }
        return new ResultText(text, thinking, runs);
    }

    /// Empty if the array holds anything else: then it is a host's own.
    private static List<Long> numbers(JsonReader json) {
        List<Long> numbers = new ArrayList<>();
        boolean right = true;
        json.beginArray();
        while (json.nextElement()) {
            if (json.peek() == Kind.NUMBER) {
                String digits = json.number();
                right &= digits.matches("\\d{1,10}");
                numbers.add(right ? Long.parseLong(digits) : 0);
            } else {
                right = false;
                json.skip();
            }
        }
        return right ? numbers : List.of();
    }
}
