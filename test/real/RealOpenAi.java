package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import shared.json.Json;

/// The OpenAI-compatible server at `OPENAI_BASE_URL` (key `OPENAI_API_KEY`), asked directly, for comparison. Its chat
/// model is named by `OPENAI_CHAT_MODEL` (gemma).
final class RealOpenAi {

    static final String CHAT = System.getenv().getOrDefault("OPENAI_CHAT_MODEL", "gemma");

    private RealOpenAi() {
    }

    /// Its address; skips the test where there is none, fails it in CI.
    static String base() {
        String base = System.getenv("OPENAI_BASE_URL");
        String reason = "no real OpenAI-compatible server: set OPENAI_BASE_URL (and OPENAI_API_KEY)";
        if (base == null && System.getenv("CI") != null) {
            fail(reason);
        }
        assumeTrue(base != null, reason);
        return base;
    }

    static String key() {
        return System.getenv().getOrDefault("OPENAI_API_KEY", "");
    }

    static Json.Obj ask(String path, String body) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(base() + path))
                    .header("Authorization", "Bearer " + key()).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            return (Json.Obj) Json.parse(answer.body());
        }
    }
}
