package server.api;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import server.http.Answer.Streamed;
import server.http.Answer;
import server.http.WebRequest;
import server.journal.compaction.CompactionReport;
import server.queue.Compaction;
import server.queue.TaskQueue;
import shared.Problem;
import shared.json.JsonWriter;

/// The requests about the journal.
final class JournalApi {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            Compaction = files_before:int files_after:int bytes_before:int bytes_after:int events_dropped:int
            """;

    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern(
            "'attachment; filename=\"ollama-queue-'yyyyMMdd'T'HHmmss'Z.backup\"'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /// A client that takes nothing for this long gives way to the next one.
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final TaskQueue queue;
    private final Compaction compaction;
    private final BooleanSupplier guarded;
    private final InstantSource clock;
    private final AtomicReference<Download> running = new AtomicReference<>();

    /// @param guarded whether named tokens protect the server
    JournalApi(TaskQueue queue, Compaction compaction, BooleanSupplier guarded, InstantSource clock) {
        this.guarded = guarded;
        this.queue = queue;
        this.compaction = compaction;
        this.clock = clock;
    }

    /// Compacts the journal, and answers when that is done. It continues if the client leaves.
    Answer compact(WebRequest request) {
        CompactionReport done = compaction.now();
        JsonWriter out = new JsonWriter().beginObject();
        out.name("files_before").number(done.filesBefore());
        out.name("files_after").number(done.filesAfter());
        out.name("bytes_before").number(done.bytesBefore());
        out.name("bytes_after").number(done.bytesAfter());
        out.name("events_dropped").number(done.eventsDropped());
        return Answer.json(200, out.endObject());
    }

    /// Sends the whole journal as one file, from which a server that starts with it in an empty data directory restores
    /// the queue. Only one backup at a time, because each keeps files on the disk that a compaction would delete.
    Answer download(WebRequest request) {
        Download download = new Download();
        if (!running.compareAndSet(null, download)) {
            Download other = running.get();
            if (other != null) {
                other.endIfStuck();
            }
            throw new Problem(503, "another backup is being taken; one at a time");
        }
        // the body is not written for a HEAD
        request.atEnd(() -> running.compareAndSet(download, null));
        return new Streamed("application/octet-stream", out -> writeTo(download.to(out)),
                "Content-Disposition", NAME.format(clock.instant()), "Cache-Control", "no-store");
    }

    private void writeTo(Download download) throws IOException {
        try {
            queue.backup().writeTo(download, guarded.getAsBoolean());
        } finally {
            // before the client has all of it and may request another backup
            running.compareAndSet(download, null);
        }
    }

    /// A download that knows when its client last took something.
    private static final class Download extends FilterOutputStream {
        private final Thread thread = Thread.currentThread();
        private volatile long aliveAt = System.nanoTime();

        Download() {
            super(nullOutputStream());
        }

        Download to(OutputStream client) {
            out = client;
            return this;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            aliveAt = System.nanoTime();
        }

        /// Interrupts the download if its client is stuck. May be called by any thread.
        void endIfStuck() {
            if (System.nanoTime() - aliveAt > STUCK.toNanos()) {
                thread.interrupt();
            }
        }
    }
}
