package client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import support.FakeApi;

/// `top` on a terminal, interrupted after its first look.
final class TopTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(FakeApi api, String... words) {
        Time once = new Time() {
            @Override
            public Instant instant() {
                return Instant.parse("2026-01-02T03:04:05Z");
            }

            @Override
            public void sleep(long millis) throws InterruptedException {
                throw new InterruptedException();
            }
        };
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), out, new PrintStream(out, true,
                StandardCharsets.UTF_8), Map.of("OLLAMA_QUEUE_CLIENT_SERVER_URL", api.url(), "HOME", "/nowhere",
                "NO_COLOR", "1"), descriptor -> true, () -> 200, once, () -> ZoneId.of("UTC"));
        int exit = new Client(terminal).run(() -> List.of(words));
        Thread.interrupted();
        return exit;
    }

    @Test
    void top_onATerminal_clearsIt_andLetsNoTaskDoSo() throws Exception {
        try (FakeApi api = new FakeApi()) {
            assertEquals(0, run(api, "submit", "generate", "--model", "m", "--prompt",
                    "a\u001b[2Jb\u009b2Jc\u202ed\re"));
            out.reset();
            assertEquals(Failure.INTERRUPTED, run(api, "top"));
            String shown = out.toString(StandardCharsets.UTF_8);
            String clear = "\u001b[H\u001b[2J";
            assertTrue(shown.startsWith(clear + "ollama-queue top  2026-01-02 03:04:05+00:00\n"), shown);
            String rest = shown.substring(clear.length());
            assertTrue(rest.contains("a\\u001b[2Jb\\u009b2Jc\\u202ed e"), rest);
            assertTrue(rest.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f), rest);
        }
    }
}
