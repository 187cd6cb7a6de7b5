package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.Effort;
import support.EventReader;
import support.EventReader.Told;
import support.Offline;
import support.ServerProcess;

/// SIGKILL while subscribers read the events of a busy server that compacts its journal: a subscriber that resumes with
/// its last id has in the end exactly the journal's events, in order, each once.
final class EventsKillTest {

    private static final int KILLS = Effort.of(2, 15);
    private static final int SUBMITTERS = 3;
    private static final String PROMPT = "some words ".repeat(100);

    @TempDir
    Path directory;

    /// A subscriber that continues reading, and reconnects after each kill.
    private static final class Subscriber {

        private final List<String> events = Collections.synchronizedList(new ArrayList<>());
        private final String filter;
        private volatile String place = "0";

        Subscriber(String filter) {
            this.filter = filter;
        }

        void readUntilItDies(ServerProcess server) {
            try (EventReader reader = new EventReader(server.url() + "/api/events" + filter, "Last-Event-ID", place)) {
                Told told = reader.next();
                while (told != null && !told.event().equals("dropped")) {
                    events.add(told.seq() + " " + told.event() + " " + told.what());
                    place = reader.place();
                    told = reader.next();
                }
            } catch (IOException itDied) {
                // it reconnects
            }
        }
    }

    @Test
    void kill_underLoadAndCompaction_noEventIsMissingOrTwice() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        Subscriber all = new Subscriber("");
        Subscriber ends = new Subscriber("?status=completed,failed");
        for (int kill = 0; kill < KILLS; kill++) {
            try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:", "--workers", "4")) {
                List<Thread> threads = new ArrayList<>();
                for (Subscriber subscriber : List.of(all, ends)) {
                    threads.add(Thread.startVirtualThread(() -> subscriber.readUntilItDies(server)));
                }
                for (int i = 0; i < SUBMITTERS; i++) {
                    threads.add(ServerProcess.untilItDies(() -> submitAndDelete(server)));
                }
                threads.add(ServerProcess.untilItDies(
                        () -> server.post("/api/journal/compact", "")));
                int enough = all.events.size() + 30 + random.nextInt(200);
                Await.until("events enough", () -> all.events.size() >= enough || !server.process().isAlive());
                server.kill();
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
        String context = "seed " + seed;
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:", "--workers", "4")) {
            List<Thread> threads = new ArrayList<>();
            for (Subscriber subscriber : List.of(all, ends)) {
                threads.add(Thread.startVirtualThread(() -> subscriber.readUntilItDies(server)));
            }
            server.awaitEnd(server.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"last\"}"));
            long last = ServerProcess.object(server.get("/api/status").body()).integer("last_seq", 0);
            Await.until(() -> "event " + last + " is read, now " + all.place, () -> Long.parseLong(all.place) >= last);
            assertEquals(0, server.terminate(), context);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        List<String> journal = journal(data);
        assertTrue(all.events.size() > KILLS * 30, context);
        // events that were written while the last server stopped may not have been read
        assertEquals(journal.subList(0, all.events.size()), all.events, context);
        assertTrue(journal.size() - all.events.size() < 10, context);
        List<String> ended = journal.stream().filter(event -> event.matches("\\d+ task (completed|failed|deleted)"))
                .toList();
        assertEquals(ended.subList(0, ends.events.size()), ends.events, context);
    }

    private static void submitAndDelete(ServerProcess server) {
        server.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"" + PROMPT + "\"}");
        String id = server.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"" + PROMPT + "\"}");
        server.awaitEnd(id);
        server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/tasks/" + id))
                .DELETE());
    }

    /// Returns every event in the journal.
    private static List<String> journal(Path data) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        assertEquals(0, Offline.run(new PrintStream(text, false, StandardCharsets.UTF_8),
                System.err, "journal", "dump", data.toString()));
        List<String> events = new ArrayList<>();
        for (String line : text.toString(StandardCharsets.UTF_8).split("\n")) {
            Json.Obj event = ServerProcess.object(line);
            if (event.get("event") != null) {
                events.add(event.integer("seq", -1) + " " + event.text("event") + " " + event.text("what"));
            }
        }
        return events;
    }
}
