package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.journal.JournalOptions;
import server.journal.disk.FileStorage;
import server.queue.index.TaskFilter;
import server.queue.page.TaskSort;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;

import support.Offline;

/// What a repair makes of a journal that was compacted.
class CompactedRepairTest {


    private TaskQueue queue;

    @AfterEach
    void close() {
        queue.close();
    }

    private void open(FileStorage storage) throws IOException {
        queue = TaskQueue.open(storage, new JournalOptions(8192), QueueOptions.DEFAULT,
                () -> Instant.ofEpochMilli(1_800_000_000_000L), () -> 0, new Random(7));
    }

    private void compact(long eventsKept) {
        new Compaction(queue.ledger(), new CompactionOptions(0.5, eventsKept, Duration.ofMillis(1))).now();
    }

    @Test
    void repair_compactedFileWithDamagedHeader_losesNothing(@TempDir Path directory) throws IOException {
        open(new FileStorage(directory));
        for (int i = 0; i < 40; i++) {
            queue.changePriority(submit("x".repeat(300)).id(), 9, Integer.MAX_VALUE);
        }
        List.copyOf(names()).forEach(name -> queue.changePriority(queue.find(name).id(), 7, Integer.MAX_VALUE));
        compact(0);
        submit("last");
        List<String> names = names();
        queue.close();
        List<Path> compacted;
        try (Stream<Path> files = Files.list(directory)) {
            compacted = files.filter(file -> file.getFileName().toString().startsWith("c0")).sorted().toList();
        }
        assertTrue(compacted.size() > 2, compacted.toString());
        for (Path file : List.of(compacted.getFirst(), compacted.get(1), compacted.getLast())) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[30] ^= 1;
            Files.write(file, bytes);
            String said = journal("repair", directory, 0);
            assertTrue(said.contains(file + ": offset 0: it does not begin with the header"), said);
            open(new FileStorage(directory));
            assertEquals(names, names());
            queue.close();
        }
        for (Path file : compacted.subList(0, 2)) {
            Files.write(file, new byte[100]);
        }
        String said = journal("repair", directory, 1);
        assertTrue(said.contains("it does not begin with the header"), said);
    }

    private static String journal(String command, Path directory, int status) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int ended = Offline.run(stream, stream, "journal", command, directory.toString());
        assertEquals(status, ended, out.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void repair_dropsTheDeletionOfATaskOfWhichOnlyEventsAreLeft_theTaskDoesNotComeBack(@TempDir Path directory)
            throws IOException {
        open(new FileStorage(directory));
        Task gone = submit("gone");
        Task kept = submit("kept");
        queue.cancel(gone.id(), null);
        queue.delete(gone.id());
        compact(100_000);
        queue.close();
        Path compacted = directory.resolve("c000000001.journal");
        String text = Files.readString(compacted);
        Files.writeString(compacted, text.replace("\"what\":\"deleted\"", "\"what\":\"DELETED\""));
        journal("repair", directory, 0);
        open(new FileStorage(directory));
        assertEquals(List.of(kept.name()), names());
        assertEquals(1, queue.readyCount());
    }

    private List<String> names() {
        return queue.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 1000, 0, null).tasks().stream()
                .map(Task::name).toList();
    }

    private Task submit(String prompt) {
        Slice payload = Slice.of(("{\"prompt\":\"" + prompt + "\"}").getBytes(StandardCharsets.UTF_8));
        return queue.submit(new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT, payload, null, prompt), null, null)
                .document().task();
    }
}
