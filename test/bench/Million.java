package bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Data directories with many pending tasks of 300 B prompts, in a queue that is paused.
final class Million {

    static final int TASKS = 1_000_000;
    /// The members around a prompt of 300 bytes.
    private static final int TASK_BYTES = 384;

    private Million() {
    }

    /// Created for the first caller, because it takes a while.
    static Path folder(Work work) throws IOException {
        Path folder = work.folder().resolve("million");
        if (!Files.exists(folder)) {
            fill(work, folder, TASKS);
        }
        return folder;
    }

    static void fill(Work work, Path folder, int tasks) throws IOException {
        int batch = Math.min(tasks, BatchBench.TASKS);
        byte[] body = (Client.task(TASK_BYTES) + "\n").repeat(batch).getBytes(StandardCharsets.UTF_8);
        try (Program queue = Program.server(work, folder, "", "--ollama-host", "echo:");
                Client client = new Client(work)) {
            int port = queue.port();
            client.post(port, "/api/queue/pause");
            client.count(port, 1, tasks / batch,
                    client.request("batch", "POST", "/api/tasks/batch", "application/x-ndjson", body));
        }
    }
}
