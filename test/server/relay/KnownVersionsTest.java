package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import server.dispatch.HostOptions;
import server.dispatch.Hosts;
import server.executor.ExecutorRegistry;
import server.executor.HostAddress;
import server.executor.Limits;
import support.Await;
import support.FakeOllama;
import support.FaultyStorage;

final class KnownVersionsTest {

    private final FaultyStorage storage = new FaultyStorage();

    /// Two hosts that get no requests.
    private KnownVersions open() {
        Hosts hosts = Hosts.open(ExecutorRegistry.load(), List.of(host("a"), host("b")), 4, InstantSource.system());
        try (hosts) {
            return KnownVersions.open(hosts, storage);
        }
    }

    private static HostOptions host(String name) {
        return new HostOptions(new HostAddress(name, "http://127.0.0.1:1", null, Map.of(), Map.of(), null,
                Limits.DEFAULT), null, false, 1, 0, 0, 4);
    }

    private String written() throws IOException {
        return new String(storage.bytes(KnownVersions.FILE), StandardCharsets.UTF_8);
    }

    @Test
    void reported_anotherVersion_isWritten_andTheSameIsNot() throws IOException {
        KnownVersions versions = open();
        assertNull(versions.of("a"));
        versions.reported("b", "0.9.10");
        versions.reported("a", "0.11.4");
        assertEquals("{\"a\":\"0.11.4\",\"b\":\"0.9.10\"}", written());
        int changes = storage.changes();
        versions.reported("a", "0.11.4");
        versions.reported("b", "0.9.10");
        assertEquals(changes, storage.changes());
        versions.reported("b", null);
        assertEquals("{\"a\":\"0.11.4\"}", written());
        assertNull(versions.of("b"));
    }

    @Test
    void open_afterARestart_knowsThemAgain_andForgetsHostsThatAreGone() throws IOException {
        storage.bytes(KnownVersions.FILE, "{\"a\":\"0.11.4\",\"gone\":\"0.1\"}".getBytes(StandardCharsets.US_ASCII));
        KnownVersions versions = open();
        assertEquals("0.11.4", versions.of("a"));
        assertNull(versions.of("gone"));
        versions.reported("a", "0.11.4");
        assertEquals("{\"a\":\"0.11.4\"}", written());
        assertEquals("0.11.4", open().of("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"a\":", "[\"a\"]", "{\"a\":1}"})
    void open_damagedFile_knowsNothing_andIsWrittenAnew(String content) throws IOException {
        storage.bytes(KnownVersions.FILE, content.getBytes(StandardCharsets.US_ASCII));
        KnownVersions versions = open();
        assertNull(versions.of("a"));
        versions.reported("a", "0.11.4");
        assertEquals("{\"a\":\"0.11.4\"}", written());
    }

    @Test
    void reported_onADiskThatIsFull_isWrittenLater() throws IOException {
        KnownVersions versions = open();
        storage.capacity(0);
        versions.reported("a", "0.11.4");
        assertEquals("0.11.4", versions.of("a"));
        storage.capacity(1 << 20);
        versions.reported("a", "0.11.4");
        assertEquals("{\"a\":\"0.11.4\"}", written());
    }

    /// Nobody asked for it while the host was there.
    @Test
    void healthCheck_reportsTheVersion() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            Await.until("its version is kept", () -> rig.versions.list().contains(KnownVersions.FILE));
            ollama.kill();
            HttpResponse<String> answer = rig.client().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                    + rig.port() + "/api/version")).build(), BodyHandlers.ofString());
            assertEquals("{\"version\":\"0.0.0-fake\"}", answer.body());
        }
    }
}
