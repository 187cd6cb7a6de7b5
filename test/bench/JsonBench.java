package bench;

import java.nio.charset.StandardCharsets;
import java.util.function.ToIntFunction;

import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// Reading and writing of one submit's body (300 bytes), as the server does it for every task, and of a prompt of
/// 1 MiB.
final class JsonBench {

    private static final byte[] BODY = ("{\"type\":\"chat\",\"model\":\"qwen3\",\"priority\":5,"
            + "\"payload\":{\"messages\":["
            + "{\"role\":\"system\",\"content\":\"Answer briefly, and in the language of the question.\"},"
            + "{\"role\":\"user\",\"content\":\"Why is the sky blue? \\\"Rayleigh\\\" alone is no answer.\"}],"
            + "\"options\":{\"temperature\":0.7,\"num_predict\":256}},\"metadata\":{\"source\":\"bench\"}}")
            .getBytes(StandardCharsets.UTF_8);

    private JsonBench() {
    }

    static void run(Work work, Table table) {
        row(table, "a body, payload raw", 200_000, BODY, JsonBench::topLevel);
        row(table, "a body, checked only", 200_000, BODY, body -> new JsonReader(body).skip());
        row(table, "a body, as a tree", 200_000, BODY, body -> Json.parse(body).hashCode());
        row(table, "a body written, payload raw", 200_000, BODY, body -> {
            JsonWriter json = new JsonWriter(512);
            json.beginObject().name("type").string("chat").name("model").string("qwen3").name("priority").number(5);
            return json.name("payload").raw(body, 0, body.length).endObject().length();
        });
        String prompt = "A line of an ordinary prompt, with a \"quote\" and a line end.\n".repeat(1 << 14);
        byte[] plain = new JsonWriter().string(prompt).toBytes();
        byte[] escaped = ("\"" + "\\u4f60\\u597d".repeat(1 << 16) + "\"").getBytes(StandardCharsets.UTF_8);
        row(table, "1 MiB checked only", 20, plain, text -> new JsonReader(text).skip());
        row(table, "1 MiB read", 20, plain, text -> new JsonReader(text).string().length());
        row(table, "1 MiB read, all \\u4f60", 20, escaped, text -> new JsonReader(text).string().length());
        row(table, "1 MiB written", 20, plain, text -> new JsonWriter().string(prompt).length());
    }

    private static int topLevel(byte[] body) {
        JsonReader json = new JsonReader(body);
        int sum = 0;
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "type", "model" -> sum += json.string().length();
                case "priority" -> sum += Integer.parseInt(json.number());
                default -> sum += json.raw().length();
            }
        }
        json.end();
        return sum;
    }

    private static void row(Table table, String what, int times, byte[] input, ToIntFunction<byte[]> work) {
        Figures figures = new Figures();
        int sum = 0;
        for (int round = -2; round < Subject.RUNS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                sum += work.applyAsInt(input);
            }
            if (round >= 0) {
                figures.add((System.nanoTime() - start) / 1e3 / times);
            }
        }
        if (sum == 42) {
            throw new IllegalStateException("never, but the compiler does not know");
        }
        table.row("json: " + what, "us", figures, Goal.NONE);
    }
}
