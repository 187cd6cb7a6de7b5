package fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;

import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonReader;
import support.RelayedExchanges;

/// JSON: the tree and the reader that only skips values agree, and accepted input is the same after it is written and
/// read again.
final class JsonSubject implements Subject {

    @Override
    public String name() {
        return "json";
    }

    @Override
    public List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>();
        RelayedExchanges.all().forEach(exchange -> corpus.add(Mutator.utf8(exchange.requestBody())));
        corpus.add(Mutator.utf8("{\"type\":\"chat\",\"n\":[-0,1.5e-7,10,true,false,null,{}],\"é\\u00e9\":"
                + "{\"\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00 \ud83d\ude00 \u20ac\\ud800\"}}"));
        return corpus;
    }

    @Override
    public List<String> words() {
        return List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0000", "true",
                "false", "null", "{}", "[]", "\"\"", "\"a\":", ",\"a\":1", "[[[[[[[[", "{\"a\":{\"a\":", " ", "\t",
                "//");
    }

    @Override
    public String take(byte[] input) {
        Json tree;
        try {
            tree = Json.parse(input);
        } catch (JsonException refused) {
            JsonException same = assertThrows(JsonException.class, () -> {
                JsonReader json = new JsonReader(input);
                json.skip();
                json.end();
            });
            assertEquals(refused.getMessage(), same.getMessage());
            return Subject.way(refused);
        }
        new JsonReader(input).skip();
        byte[] written = Mutator.utf8(tree.text());
        Json again = Json.parse(written);
        assertEquals(tree, again);
        assertArrayEquals(written, Mutator.utf8(again.text()));
        return tree.getClass().getSimpleName();
    }
}
