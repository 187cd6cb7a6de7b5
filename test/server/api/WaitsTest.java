package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import server.task.TaskDocument;
import shared.TaskStatus;

final class WaitsTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void awaitEnd_moreThanMayWait_theFirstEndsAsIfItsTimeWereOver() throws Exception {
        try (ApiServer server = new ApiServer();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long id = server.queue.find(server.submit(ApiServer.HELLO)).id();
            Waits waits = new Waits(server.queue, 1);
            Future<TaskDocument> first = clients.submit(() -> waits.awaitEnd(id, LONG));
            Future<TaskDocument> second = clients.submit(() -> waits.awaitEnd(id, LONG));
            // whichever came first
            while (!first.isDone() && !second.isDone()) {
                Thread.onSpinWait();
            }
            Future<TaskDocument> ended = first.isDone() ? first : second;
            Future<TaskDocument> goesOn = first.isDone() ? second : first;
            assertEquals(TaskStatus.PENDING, ended.get().task().status());
            assertFalse(goesOn.isDone());
            server.queue.cancel(id, null);
            assertEquals(TaskStatus.CANCELLED, goesOn.get().task().status());
        }
    }

    @Test
    void awaitEnd_fewerThanMayWait_allWaitForTheEnd() throws IOException, InterruptedException {
        try (ApiServer server = new ApiServer()) {
            long id = server.queue.find(server.submit(ApiServer.HELLO)).id();
            Waits waits = new Waits(server.queue, 1);
            for (int i = 0; i < 3; i++) {
                assertEquals(TaskStatus.PENDING, waits.awaitEnd(id, Duration.ofMillis(1)).task().status());
                assertFalse(Thread.interrupted());
            }
        }
    }
}
