package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import support.Await;
import support.FaultyStorage;

/// `GET /api/backup` as a client sees it.
class BackupApiTest {

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<InputStream> backup() throws IOException, InterruptedException {
        return server.client().send(server.request("GET", "/api/backup", null), BodyHandlers.ofInputStream());
    }

    @Test
    void backup_takenFromARunningServer_isTheWholeQueueUnderANameOfItsOwn() throws Exception {
        String id = server.submit(ApiServer.HELLO);
        HttpResponse<InputStream> answer = backup();
        assertEquals(200, answer.statusCode());
        String name = answer.headers().firstValue("Content-Disposition").orElse("");
        assertTrue(name.matches("attachment; filename=\"ollama-queue-[0-9]{8}T[0-9]{6}Z\\.backup\""), name);
        FaultyStorage empty = new FaultyStorage();
        empty.bytes("b", answer.body().readAllBytes());
        try (TaskQueue restored = TaskQueue.open(empty, JournalOptions.DEFAULT, QueueOptions.DEFAULT,
                InstantSource.system(), () -> 0, new Random(1))) {
            assertEquals("{\"prompt\":\"Hello\"}", restored.document(restored.find(id).id()).payload().text());
        }
        HttpResponse<String> head = server.ask("HEAD", "/api/backup", null);
        assertEquals(200, head.statusCode());
        assertEquals(405, server.post("/api/backup", "").statusCode());
    }

    /// More than the buffers between a server and a client who does not read.
    private void fill() {
        for (int i = 0; i < 14; i++) {
            server.submit(ApiServer.HELLO.replace("Hello", "x".repeat(1 << 20)));
        }
    }

    @Test
    void backup_whileAnotherIsTaken_is503_andTheQueueGoesOn() throws Exception {
        fill();
        try (InputStream slow = backup().body()) {
            assertEquals('\n', slow.readNBytes(80)[79]);
            HttpResponse<String> second = server.get("/api/backup");
            assertEquals(503, second.statusCode());
            assertEquals("another backup is being taken; one at a time", ApiServer.error(second));
            server.submit(ApiServer.HELLO);
            assertEquals(200, server.post("/api/journal/compact", "").statusCode());
            byte[] rest = slow.readAllBytes();
            assertTrue(new String(rest, rest.length - 100, 100, StandardCharsets.US_ASCII).contains("{\"closed\":0,"));
        }
    }

    @Test
    void backup_lineUnreadable_isCutOffSoThatTheClientNotices() throws Exception {
        fill();
        server.storage.failRead("0000000010.journal", 0, 2 << 20);
        HttpResponse<InputStream> answer = backup();
        assertThrows(IOException.class, () -> answer.body().readAllBytes());
        server.storage.failRead("", 0, 0);
        assertEquals(200, backup().statusCode(), "the one that failed is over");
    }

    @Test
    void compact_noRoom_is507() {
        for (int i = 0; i < 20; i++) {
            server.submit(ApiServer.HELLO.replace("Hello", "x".repeat(1 << 16)));
        }
        String gone = server.submit(ApiServer.HELLO);
        assertEquals(200, server.post("/api/tasks/" + gone + "/cancel", "").statusCode());
        assertEquals(204, server.ask("DELETE", "/api/tasks/" + gone, null).statusCode());
        // else it is not made any more, and the segment in use, which has what is needless, is not closed
        Await.until("the next segment is made", () -> size("0000000003.journal") == 1 << 20);
        server.storage.capacity(1 << 20);
        HttpResponse<String> refused = server.post("/api/journal/compact", "");
        assertEquals(507, refused.statusCode(), refused.body());
        assertTrue(ApiServer.error(refused).startsWith("no room for a compaction: it needs "), refused.body());
    }

    private long size(String name) {
        try {
            return server.storage.list().contains(name) ? server.storage.size(name) : 0;
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
