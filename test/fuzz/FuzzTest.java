package fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import com.sun.management.ThreadMXBean;

import server.access.TokenFileSubject;
import server.http.QuerySubject;
import server.queue.line.EventSubject;
import server.task.SubmissionSubject;
import server.tls.IdentitySubject;
import server.websocket.FrameSubject;
import server.websocket.HandshakeSubject;
import support.Effort;

/// Every reader of outside input gets millions of inputs that nobody would write (`make proof ONLY=fuzz SECONDS=60`;
/// `make test` does it for 5 s). It accepts them or refuses them as it declares, within its time and memory.
///
/// The inputs depend only on the seed: `SEED=n` makes the same ones again, in the same order. An input that fails is
/// kept under `build/fuzz`, named after its subject and its seed.
@Tag("process")
final class FuzzTest {

    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final long SECONDS = Long.getLong("seconds", Effort.of(5, 60));
    private static final Path KEPT = Path.of("build/fuzz");
    /// Readers take microseconds, but the machine may be busy with other work.
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_MS = 50;
    /// At least this many inputs are made for each, however little time there is.
    private static final int MADE_MIN = 200;

    @TempDir
    Path directory;

    private final List<String> counts = new ArrayList<>();
    private long sum;

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void everyReader_takesOrRefuses_whateverComes() throws Exception {
        List<Subject> subjects = List.of(new JsonSubject(), new YamlSubject(), new CronSubject(), new FrameSubject(),
                new HandshakeSubject(), new LineSubject(), new EventSubject(), HostSubject.lines(),
                HostSubject.completions(), HostSubject.events(), new SubmissionSubject(),
                new QuerySubject(), new TokenFileSubject(directory.resolve("tokens")),
                new IdentitySubject(directory.resolve("pem")));
        long nanos = TimeUnit.SECONDS.toNanos(SECONDS);
        for (Subject subject : subjects) {
            run(subject, nanos * 2 / 3 / subjects.size());
        }
        try (HttpSubject http = new HttpSubject(directory)) {
            run(http, nanos / 3);
        }
        System.out.printf(Locale.ROOT, "fuzz: SEED=%d, %,d inputs: %s%n", SEED, sum, String.join(", ", counts));
    }

    private void run(Subject subject, long nanos) throws Exception {
        Run run = new Run(subject, nanos);
        run.watch();
        if (Effort.isProof()) {
            System.out.printf(Locale.ROOT, "fuzz: %s %,d%n", subject.name(), run.count);
        }
        counts.add(String.format(Locale.ROOT, "%s %,d", subject.name(), run.count));
        sum += run.count;
        assertTrue(run.ways.size() > 1, subject.name() + ": too few ways, " + run.ways);
    }

    /// One subject's inputs, on a separate thread, so that an input that never ends can be reported.
    private static final class Run implements Runnable {

        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        private final Subject subject;
        private final long nanos;
        private final Set<String> ways = new HashSet<>();
        private volatile long begun;
        private volatile byte[] input = {};
        private volatile long count;
        private volatile AssertionError failure;

        Run(Subject subject, long nanos) {
            this.subject = subject;
            this.nanos = nanos;
        }

        void watch() throws Exception {
            begun = System.nanoTime();
            Thread worker = Thread.ofPlatform().daemon().name("fuzz " + subject.name()).start(this);
            while (!worker.join(Duration.ofMillis(LOOK_MS))) {
                if (System.nanoTime() - begun > HANG_NANOS) {
                    StringBuilder stack = new StringBuilder();
                    List.of(worker.getStackTrace()).forEach(frame -> stack.append("\n    at ").append(frame));
                    throw failed("it is not done with this after " + HANG_NANOS / 1_000_000_000 + " s" + stack, null);
                }
            }
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void run() {
            Random random = new Random(SEED ^ subject.name().hashCode());
            Mutator mutator = new Mutator(random, subject.corpus(), subject.words());
            long end = System.nanoTime() + nanos;
            try {
                for (byte[] given : subject.corpus()) {
                    take(given);
                }
                for (int made = 0; made < MADE_MIN || begun < end; made++) {
                    byte[] next = mutator.next();
                    if (take(next)) {
                        mutator.found(next);
                    }
                }
            } catch (Throwable notBorne) {
                failure = notBorne instanceof AssertionError known ? failed(known.getMessage(), known)
                        : failed(notBorne.toString(), notBorne);
            }
        }

        /// @return whether it was the first of its way
        private boolean take(byte[] next) throws Exception {
            input = next;
            begun = System.nanoTime();
            long most = subject.bytesMax(next.length);
            String way;
            long took;
            int turns = 0;
            do {
                // classes that are loaded for the first time do not count
                assertTrue(turns++ < 2, "it takes more than " + most + " bytes for " + next.length);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                way = subject.take(next.clone());
                took = THREADS.getCurrentThreadAllocatedBytes() - before;
            } while (most > 0 && took > most);
            count++;
            return way != null && ways.size() < 10_000 && ways.add(way);
        }

        private AssertionError failed(String why, Throwable cause) {
            Path file = KEPT.resolve(subject.name() + "-" + SEED);
            try {
                Files.write(Files.createDirectories(KEPT).resolve(file.getFileName()), input);
            } catch (IOException unwritable) {
                why += ", and not kept: " + unwritable;
            }
            return new AssertionError(subject.name() + ", SEED=" + SEED + ", input " + count + ", kept as " + file
                    + ": " + why, cause);
        }
    }
}
