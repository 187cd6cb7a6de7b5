package client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import shared.config.Durations;
import support.Await;
import support.FakeApi;

/// A command whose time is over gives its caller the answer and stops what it does; one that is interrupted says so.
final class TimeoutTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"wait 000000000001", "follow 000000000001", "wait 000000000001 000000000001",
        "follow 000000000001 --output json", "submit chat --model hang --prompt x --wait"})
    void run_timedOut_stopsAndLeavesNoThread(String command) {
        // longer, where the machine took all of it to begin
        assertTrue(Stream.iterate(50, ms -> ms < 60_000, ms -> ms * 4).anyMatch(ms -> saysWhereItStands(command, ms)),
                err::toString);
    }

    /// Whether a command whose time is over had come so far that it could say what goes on without it.
    private boolean saysWhereItStands(String command, int ms) {
        List<Thread> left;
        try (FakeApi api = new FakeApi()) {
            assertEquals(0, run(api, "submit chat --model hang --prompt x"), err::toString);
            err.reset();
            assertEquals(Failure.TIMED_OUT, run(api, command + " --timeout " + ms + "ms"), err::toString);
            left = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("command")).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        // the server is gone now, so a client that went on would try again for ever
        left.forEach(TimeoutTest::assertEnds);
        String said = err.toString(StandardCharsets.UTF_8);
        String begin = "ollama-queue: error: not done within " + Durations.format(Duration.ofMillis(ms));
        assertTrue(said.startsWith(begin), said);
        if (said.startsWith(begin + "\n")) {
            return false;
        }
        assertTrue(said.startsWith(begin + ": "), said);
        assertEquals(2, said.lines().count(), said);
        return true;
    }

    private static void assertEnds(Thread thread) {
        try {
            assertTrue(thread.join(Duration.ofSeconds(10)), () -> "it goes on: " + List.of(thread.getStackTrace()));
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// The report that the time is over may be late on a busy machine.
    @Test
    void read_thatEndsWithTheTime_saysNothingAndWaitsToBeStopped() throws Exception {
        try (FakeApi api = new FakeApi()) {
            assertEquals(0, run(api, "submit chat --model hang --prompt x"), err::toString);
            Api timed = new Api(new Target(api.url(), null, null, null), Duration.ofMillis(1));
            Terminal terminal = terminal(api, new PrintStream(err, true, StandardCharsets.UTF_8), false);
            Session session = new Session(terminal, timed, null, new Output(out, Output.Form.TEXT, false),
                    new AtomicReference<>(), true);
            FutureTask<Integer> waits = new FutureTask<>(() -> Wait.print(session, List.of("000000000001"), true));
            Thread thread = Thread.ofPlatform().start(waits);
            Await.until("the read ends", () -> thread.getState() == Thread.State.WAITING || err.size() > 0);
            thread.interrupt();
            Failure failure = assertInstanceOf(Failure.class,
                    assertThrows(ExecutionException.class, waits::get).getCause());
            assertEquals("", err.toString(StandardCharsets.UTF_8));
            assertNull(failure.getMessage());
        }
    }

    /// As where a pager shows the first page and waits for its user.
    @ParameterizedTest
    @ValueSource(strings = {"follow 000000000001", "list --output json", "result 000000000001", "export"})
    void run_timedOut_whileNobodyReadsItsOutput_endsAllTheSame(String command) throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (FakeApi api = new FakeApi()) {
            assertEquals(0, run(api, "submit chat --model m --prompt " + "x".repeat(100_000)), err::toString);
            OutputStream full = new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    write(new byte[1], 0, 1);
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    // no interrupt ends a system call; it stays set
                    boolean interrupted = Thread.interrupted();
                    while (read.getCount() > 0) {
                        try {
                            read.await();
                        } catch (InterruptedException meanwhile) {
                            interrupted = true;
                        }
                    }
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
            };
            Client client = new Client(new Terminal(new ByteArrayInputStream(new byte[0]), full,
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    Map.of("OLLAMA_QUEUE_CLIENT_SERVER_URL", api.url(), "HOME", "/nowhere"), descriptor -> false,
                    () -> 80, new SleptTime("2026-01-02T03:04:05Z"), () -> ZoneOffset.UTC));
            List<String> words = List.of((command + " --timeout 3s").split(" "));
            FutureTask<Integer> status = new FutureTask<>(() -> client.run(() -> words));
            Thread.ofPlatform().daemon().start(status);
            assertEquals(Failure.TIMED_OUT, status.get(20, TimeUnit.SECONDS), err::toString);
        } finally {
            read.countDown();
        }
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("ollama-queue: error: not done within 3s"),
                err::toString);
    }

    /// The signal comes while the line is shown; then the command is over.
    @Test
    void interrupted_behindALineThatTellsHowItStands_isToldOnALineOfItsOwn() throws Exception {
        try (FakeApi api = new FakeApi()) {
            assertEquals(0, run(api, "submit chat --model hang --prompt x"), err::toString);
            Client[] client = new Client[1];
            PrintStream shown = new PrintStream(err, true, StandardCharsets.UTF_8) {
                @Override
                public void print(String text) {
                    super.print(text);
                    if (text.endsWith("pending")) {
                        client[0].interrupted();
                        throw new AssertionError("interrupted");
                    }
                }
            };
            client[0] = client(api, shown, true);
            assertThrows(AssertionError.class, () -> client[0].run(() -> List.of("wait", "000000000001")));
            String said = err.toString(StandardCharsets.UTF_8);
            assertTrue(said.startsWith("\r\033[Kpending\nollama-queue: error: interrupted while waiting for "), said);
        }
    }

    private int run(FakeApi api, String line) {
        PrintStream shown = new PrintStream(err, true, StandardCharsets.UTF_8);
        return client(api, shown, false).run(() -> List.of(line.split(" ")));
    }

    private Client client(FakeApi api, PrintStream shown, boolean isTerminal) {
        return new Client(terminal(api, shown, isTerminal));
    }

    private Terminal terminal(FakeApi api, PrintStream shown, boolean isTerminal) {
        return new Terminal(new ByteArrayInputStream(new byte[0]), out, shown,
                Map.of("OLLAMA_QUEUE_CLIENT_SERVER_URL", api.url(), "HOME", "/nowhere"), descriptor -> isTerminal,
                () -> 80, new SleptTime("2026-01-02T03:04:05Z"), () -> ZoneOffset.UTC);
    }
}
