package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import server.settings.Settings;
import support.FakeOllama;

final class RelayOptionsTest {

    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    @Test
    void turnedOff_callsAre404InTheirFormAndNoTasks_untilItIsTurnedOn() throws Exception {
        try (FakeOllama ollama = FakeOllama.start();
                RelayRig rig = new RelayRig(Settings.DEFAULT.with(RelayOptions.ENABLED, false), ollama.url())) {
            HttpResponse<byte[]> refused = rig.call("/v1/chat/completions", CHAT);
            assertEquals(404, refused.statusCode());
            String body = new String(refused.body(), StandardCharsets.UTF_8);
            assertTrue(body.startsWith("{\"error\":{\"message\":") && body.contains("relay.enabled is false"), body);
            assertTrue(rig.tasks().isEmpty());

            rig.relay.reconfigure(RelayOptions.of(Settings.DEFAULT));
            assertEquals(200, rig.call("/api/chat", CHAT).statusCode());
        }
    }
}
