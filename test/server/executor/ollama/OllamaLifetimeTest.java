package server.executor.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Test;
import server.executor.AnswerRoom;
import server.executor.Call;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import shared.TaskType;
import support.Await;
import support.Collected;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;

/// How calls end: by time, by cancel, and many of them.
class OllamaLifetimeTest extends OllamaHarness {

    // ---- time

    /// The first call of a JVM loads classes for longer than the tests' short times.
    private void warmUp() throws Exception {
        completed(call());
        fake.takeRequest();
        pieces.texts.clear();
    }

    @Test
    void run_hostSilentBeforeHead_idleTimeoutClosesTheConnection() throws Exception {
        warmUp();
        fake.next(FakeOllamaAnswer.hang());
        Outcome.Failed failed = (Outcome.Failed) ollama.run(generate(LONG, SHORT), pieces);
        assertEquals(new Outcome.Failed(Cause.PASSING, ollama.name() + " sent nothing for 200ms (first_byte_timeout)",
                null), failed);
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_hostSilentInTheMiddle_idleTimeoutClosesTheConnection() throws Exception {
        warmUp();
        fake.next(FakeOllamaAnswer.stall("One"));
        Outcome.Failed failed = (Outcome.Failed) ollama.run(new Call(TaskType.GENERATE, "q",
                payload("{\"prompt\":\"x\"}"), LONG, LONG, SHORT, AnswerRoom.UNBOUNDED.share()), pieces);
        assertEquals(Cause.PASSING, failed.cause());
        assertTrue(failed.message().contains("sent nothing for"), failed.message());
        assertEquals("One", pieces.text());
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_longPrompt_hasATimeOfItsOwn_alsoBehindTheHead() throws Exception {
        warmUp();
        Semaphore gate = new Semaphore(0);
        fake.next((request, reply) -> {
            // as vLLM does: the head at once, the answer when the prompt was read
            reply.begin();
            gate.acquire();
            reply.token("One");
            reply.hang();
        });
        Call call = new Call(TaskType.GENERATE, "q", payload("{\"prompt\":\"x\"}"), LONG, LONG, SHORT,
                AnswerRoom.UNBOUNDED.share());
        Future<Outcome> running = threads.submit(() -> ollama.run(call, pieces));
        fake.takeRequest();
        assertThrows(TimeoutException.class, () -> running.get(600, TimeUnit.MILLISECONDS));
        gate.release();
        assertEquals(new Outcome.Failed(Cause.PASSING, ollama.name() + " sent nothing for 200ms (task.idle_timeout)",
                null), running.get());
    }

    @Test
    void run_wholeTimeOver_timeoutThoughBytesCome() throws Exception {
        warmUp();
        fake.next((request, reply) -> {
            while (!Thread.interrupted()) {
                reply.token("x");
            }
        });
        Outcome.Failed failed = (Outcome.Failed) ollama.run(generate(SHORT, LONG), pieces);
        assertEquals(new Outcome.Failed(Cause.TIMEOUT, ollama.name() + " did not finish within 200ms", null), failed);
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_timeOverWhileConnecting_isUnreachable() throws Exception {
        // a listener whose queue is full leaves further connections waiting
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<SocketChannel> waiting = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(full.getLocalSocketAddress());
                waiting.add(channel);
            }
            try (OllamaExecutor host = new OllamaExecutor(
                    OllamaAddress.parse("127.0.0.1:" + full.getLocalPort()), InstantSource.system(), Limits.DEFAULT)) {
                assertEquals(new Outcome.Failed(Cause.UNREACHABLE,
                        "cannot connect to " + host.name() + ": no answer within 200ms", null),
                        host.run(generate(SHORT, LONG), pieces));
            }
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    @Test
    void run_timesBeyondAllMeasure_areNone() throws Exception {
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        completed(generate(forEver, forEver));
    }

    @Test
    void run_connectionLeftOpenAfterLastLine_completesSoon() throws Exception {
        fake.next((request, reply) -> {
            reply.token("One");
            reply.done(1);
            reply.hang();
        });
        completed(generate(LONG, LONG));
        assertEquals("One", pieces.text());
    }

    // ---- cancel

    @Test
    void run_interruptedBeforeHead_closesTheConnection() throws Exception {
        fake.next(FakeOllamaAnswer.hang());
        Future<Outcome> running = threads.submit(() -> ollama.run(call(), pieces));
        FakeOllamaRequest request = fake.takeRequest();
        running.cancel(true);
        request.awaitCancelled();
    }

    @Test
    void run_interruptedInTheMiddle_endsAndClosesTheConnection() throws Exception {
        fake.next(FakeOllamaAnswer.stall("One"));
        CountDownLatch ended = new CountDownLatch(1);
        Thread running = Thread.ofVirtual().start(() -> {
            assertThrows(InterruptedException.class, () -> ollama.run(call(), pieces));
            ended.countDown();
        });
        pieces.first.await();
        running.interrupt();
        assertTrue(ended.await(60, TimeUnit.SECONDS));
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_interruptedInAFlood_ends() throws Exception {
        fake.next((request, reply) -> {
            while (!Thread.interrupted()) {
                reply.token("x");
            }
        });
        Future<Outcome> running = threads.submit(() -> ollama.run(call(), pieces));
        pieces.first.await();
        running.cancel(true);
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_piecesFail_closesTheConnection() throws Exception {
        fake.next(FakeOllamaAnswer.stall("One"));
        assertThrows(IllegalStateException.class, () -> ollama.run(call(), new server.executor.Pieces() {
            @Override
            public void text(String piece) {
                throw new IllegalStateException("full");
            }

            @Override
            public void thinking(String piece) {
            }
        }));
        fake.takeRequest().awaitCancelled();
    }

    // ---- many

    @Test
    void run_manyAtOnce_allRunTogether() throws Exception {
        Semaphore gate = new Semaphore(0);
        fake.otherwise(FakeOllamaAnswer.gated(gate, "a", "b"));
        List<Future<Outcome>> running = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            running.add(threads.submit(() -> ollama.run(call(), new Collected())));
        }
        for (int i = 0; i < 50; i++) {
            fake.takeRequest();
        }
        assertEquals(50, fake.running());
        gate.release(150);
        for (Future<Outcome> one : running) {
            assertInstanceOf(Outcome.Completed.class, one.get(60, TimeUnit.SECONDS));
        }
        assertEquals(50, fake.mostRunning());
    }

    @Test
    void run_oneAfterAnother_usesOneConnection() throws Exception {
        for (TaskType type : TaskType.values()) {
            for (int i = 0; i < 5; i++) {
                completed(call(type, "{\"prompt\":\"a b\"}"));
            }
        }
        fake.next(FakeOllamaAnswer.busy());
        failed(Cause.BUSY);
        ollama.models();
        completed(call());
        assertEquals(1, fake.connections());
    }

    @Test
    void close_afterUse_leavesNoConnectionAndNoThread() throws Exception {
        completed(call());
        fake.next(FakeOllamaAnswer.stall("One"));
        Future<Outcome> running = threads.submit(() -> ollama.run(call(), new Collected()));
        fake.takeRequest();
        FakeOllamaRequest stalled = fake.takeRequest();
        long selectors = selectors();
        ollama.close();
        stalled.awaitCancelled();
        running.get(60, TimeUnit.SECONDS);
        Await.until("all of it is gone", () -> selectors() < selectors && fake.openConnections() == 0);
    }

    @Test
    void run_cancelledManyTimes_leavesNoConnection() throws Exception {
        fake.otherwise(FakeOllamaAnswer.stall("One"));
        List<Future<Outcome>> running = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            running.add(threads.submit(() -> ollama.run(call(), new Collected())));
        }
        for (int i = 0; i < 100; i++) {
            fake.takeRequest();
        }
        running.forEach(one -> one.cancel(true));
        for (FakeOllamaRequest request : fake.requests()) {
            request.awaitCancelled();
        }
        fake.otherwise(FakeOllamaAnswer.echo());
        completed(call());
        Await.until("the connection is idle", () -> fake.openConnections() == 1 && fake.running() == 0);
    }
}
