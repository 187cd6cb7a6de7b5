package bench;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.ToIntFunction;

import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// Reading and writing of one submit's body (300 bytes), as the server does it for every task, and of a prompt of
/// 1 MiB. Prints the best of ten rounds, for the machine is shared.
final class JsonBench {

    private static final byte[] BODY = ("{\"type\":\"chat\",\"model\":\"qwen3\",\"priority\":5,"
            + "\"payload\":{\"messages\":["
            + "{\"role\":\"system\",\"content\":\"Answer briefly, and in the language of the question.\"},"
            + "{\"role\":\"user\",\"content\":\"Why is the sky blue? \\\"Rayleigh\\\" alone is no answer.\"}],"
            + "\"options\":{\"temperature\":0.7,\"num_predict\":256}},\"metadata\":{\"source\":\"bench\"}}")
            .getBytes(StandardCharsets.UTF_8);

    private JsonBench() {
    }

    public static void main(String[] arguments) {
        System.out.printf(Locale.ROOT, "a body of %d bytes%n", BODY.length);
        measure("top level, payload raw", 200_000, BODY, JsonBench::topLevel);
        measure("checked only", 200_000, BODY, body -> new JsonReader(body).skip());
        measure("as a tree", 200_000, BODY, body -> Json.parse(body).hashCode());
        measure("written, payload raw", 200_000, BODY, body -> {
            JsonWriter json = new JsonWriter(512);
            json.beginObject().name("type").string("chat").name("model").string("qwen3").name("priority").number(5);
            return json.name("payload").raw(body, 0, body.length).endObject().length();
        });
        String prompt = "A line of an ordinary prompt, with a \"quote\" and a line end.\n".repeat(1 << 14);
        byte[] plain = new JsonWriter().string(prompt).toBytes();
        byte[] escaped = ("\"" + "\\u4f60\\u597d".repeat(1 << 16) + "\"").getBytes(StandardCharsets.UTF_8);
        System.out.println("a string of 1 MiB");
        measure("checked only", 20, plain, text -> new JsonReader(text).skip());
        measure("read", 20, plain, text -> new JsonReader(text).string().length());
        measure("read, all \\u4f60", 20, escaped, text -> new JsonReader(text).string().length());
        measure("written", 20, plain, text -> new JsonWriter().string(prompt).length());
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

    private static void measure(String what, int times, byte[] input, ToIntFunction<byte[]> work) {
        double best = Double.MAX_VALUE;
        int sum = 0;
        for (int round = 0; round < 10; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                sum += work.applyAsInt(input);
            }
            best = Math.min(best, (System.nanoTime() - start) / 1e3 / times);
        }
        System.out.printf(Locale.ROOT, "  %-24s %9.2f us  %6.0f MB/s%s%n", what, best, input.length / best,
                sum == 42 ? " " : "");
    }
}
