package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import fuzz.Subject;
import shared.Problem;
import shared.json.JsonException;
import shared.json.JsonReader;

/// The parameters of a URL, and the filter of an action, which are the same in JSON: as such they are read again as
/// what they were.
public final class QuerySubject implements Subject {

    private static final Set<String> KNOWN = Set.of("status", "model", "limit", "full", "q", "after");

    public QuerySubject() {
    }

    @Override
    public String name() {
        return "query";
    }

    @Override
    public List<byte[]> corpus() {
        return Stream.of("status=pending,failed&model=a%2Fb&limit=3&full=true", "q=%C3%A9+x&after=&full=1", "&&status=",
                "model=a&model=b&limit=-1", "{\"status\":\"failed\",\"model\":[\"a\",\"b\"],\"limit\":3,\"full\":true}",
                "{\"q\":\"\\u00e9 x\",\"model\":[],\"after\":\"\"}").map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public List<String> words() {
        return List.of("&", "=", "%", "+", "%00", "%ff", "%C3%A9", "%zz", ",", "status", "model", "limit", "full", "q",
                "after", "true", "0", "99999999999999999999", "{", "}", "[", "]", ":", "\"", "\"\"", "null", "\\u0000",
                "\\ud800", "\"model\":");
    }

    @Override
    public String take(byte[] input) {
        try {
            Query query = input.length > 0 && input[0] == '{' ? json(input)
                    : Query.parse(new String(input, StandardCharsets.UTF_8), KNOWN);
            String form = query.json();
            if (KNOWN.stream().allMatch(name -> query.texts(name).isEmpty() == (query.text(name) == null))) {
                Query again = json(form.getBytes(StandardCharsets.UTF_8));
                KNOWN.forEach(name -> assertEquals(query.texts(name), again.texts(name)));
            }
            return "good " + query.number("limit", 7, 0, 1_000) % 2 + query.flag("full")
                    + Math.min(3, query.set("model", Function.identity()).size());
        } catch (JsonException | Problem mistake) {
            assertTrue(mistake.getMessage().length() < 1_000, mistake.getMessage());
            return Subject.way(mistake);
        }
    }

    private static Query json(byte[] bytes) {
        JsonReader json = new JsonReader(bytes);
        Query query = Query.read(json, KNOWN);
        json.end();
        return query;
    }
}
