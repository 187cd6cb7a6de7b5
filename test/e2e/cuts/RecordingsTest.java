package e2e.cuts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import support.Cuts;
import support.Effort;
import support.Exchange;
import support.FakeOllama;
import support.RelayedExchanges;
import support.ServerProcess;

/// Every recorded answer of a real host to a relayed call, replayed by a fake host through the server, arrives byte for
/// byte: written at once, and in two parts, split at some positions in `make test` and at each in `make proof
/// ONLY=cuts`.
final class RecordingsTest {

    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int PLACES = 20;

    @TempDir
    Path directory;

    @Test
    @Timeout(1800)
    void everyRecording_wholeAndInTwoParts_reachesTheCallerByteForByte() throws Exception {
        Random random = new Random(SEED);
        // a refused key would keep the host out of use for later exchanges
        List<Exchange> exchanges = RelayedExchanges.all().stream().filter(exchange -> exchange.status() != 401)
                .toList();
        assertTrue(exchanges.size() > 45, "recordings: " + exchanges.size());
        try (FakeOllama fake = FakeOllama.start();
                ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", fake.url());
                HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (Exchange exchange : exchanges) {
                byte[] wire = exchange.wire();
                // first at once
                check(client, server, fake, exchange, wire.length);
                int[] places = Effort.isProof() ? IntStream.range(1, wire.length).toArray()
                        : random.ints(PLACES, 1, wire.length).toArray();
                for (int place : places) {
                    check(client, server, fake, exchange, place);
                }
            }
        }
    }

    private static void check(HttpClient client, ServerProcess server, FakeOllama fake, Exchange exchange, int cut)
            throws Exception {
        byte[] wire = exchange.wire();
        fake.otherwise(Cuts.at(cut, wire));
        String what = exchange.name() + ", cut at byte " + cut + " of " + wire.length + ", seed " + SEED;
        HttpResponse<byte[]> answer = client.send(HttpRequest.newBuilder(URI.create(server.url() + exchange.path()))
                .timeout(Duration.ofSeconds(60)).POST(BodyPublishers.ofString(exchange.requestBody())).build(),
                BodyHandlers.ofByteArray());
        assertEquals(text(exchange.body()), text(answer.body()), what);
        assertEquals(exchange.status(), answer.statusCode(), what);
        String head = new String(wire, StandardCharsets.ISO_8859_1);
        String type = answer.headers().firstValue("Content-Type").orElseThrow();
        assertTrue(head.contains("\r\nContent-Type: " + type + "\r\n"), what + ": " + type);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
