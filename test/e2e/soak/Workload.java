package e2e.soak;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import shared.json.Json;
import support.EventReader;
import support.ServerProcess;

/// The 64 working connections: each sends a request, checks the answer, and continues; while the server is down or
/// refuses, it waits a moment. Acknowledged changes are remembered.
final class Workload implements AutoCloseable {

    static final int WORKERS = 64;

    private static final int BATCH = 20;
    private static final int MOMENT_MS = 20;
    private static final int PAUSE_MS = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String RETRIES = ",\"max_retries\":100,\"initial_delay\":\"10ms\",\"max_delay\":\"100ms\"}";

    /// What one worker does repeatedly.
    private interface Work {
        void once(int number) throws IOException, InterruptedException;
    }

    /// The server is down, or cannot serve the request now.
    private static final class NotNow extends IOException {
        private static final long serialVersionUID = 1;

        NotNow(String why) {
            super(why);
        }
    }

    /// Tasks whose submit was acknowledged.
    final Set<String> submitted = ConcurrentHashMap.newKeySet();
    /// Those of them that someone wanted to cancel, and those whose cancel was acknowledged.
    final Set<String> unwanted = ConcurrentHashMap.newKeySet();
    final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    /// Calls whose whole answer arrived.
    final Set<String> answered = ConcurrentHashMap.newKeySet();
    /// How often each task was reported as completed.
    final Map<String, Integer> completions = new ConcurrentHashMap<>();
    /// Tasks that were reported as failed because the disk had no room for their result.
    final Set<String> resultless = ConcurrentHashMap.newKeySet();
    /// What was wrong.
    final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    /// How much work was done.
    final AtomicLong done = new AtomicLong();
    /// An example of each unexpected status.
    final Map<Integer, String> refusals = new ConcurrentHashMap<>();
    /// The last event that was reported.
    volatile long lastSeq;
    /// How often the follower was told that its position was too old.
    final AtomicLong resets = new AtomicLong();

    private final String url;
    private final String runKey = Long.toString(System.nanoTime());
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10)).build();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong count = new AtomicLong();
    private final Thread follower;
    private volatile boolean closed;

    /// Begins.
    Workload(String url) {
        this.url = url;
        start(24, this::submit);
        start(4, this::batch);
        start(8, number -> call(number, false));
        start(8, number -> call(number, true));
        start(8, this::stream);
        start(4, this::cancel);
        start(2, this::cron);
        start(2, number -> now("/api/journal/compact", true));
        start(2, number -> now("/api/backup", false));
        follower = Thread.ofVirtual().name("follower").start(() -> {
            while (!closed) {
                try {
                    follow();
                } catch (IOException away) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MOMENT_MS));
                } catch (RuntimeException fault) {
                    wrong.add("follower: " + fault);
                    return;
                }
            }
        });
        start(1, number -> now("/api/tasks?status=completed&limit=50", false));
    }

    private void start(int workers, Work work) {
        for (int i = 0; i < workers; i++) {
            int number = threads.size();
            threads.add(Thread.ofVirtual().name("worker " + number).start(() -> run(number, work)));
        }
    }

    private void run(int number, Work work) {
        try {
            while (!isOver()) {
                try {
                    work.once(number);
                } catch (IOException away) {
                    over.await(MOMENT_MS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | AssertionError fault) {
            wrong.add("worker " + number + ": " + fault);
        }
    }

    private boolean isOver() {
        return over.getCount() == 0;
    }

    // ---- what they do

    private static String task(int number, String prompt) {
        // every third one requests one of the hosts that come and go
        String on = number % 3 == 0 ? ",\"on\":\"h" + number / 3 % 2 + "\"" : "";
        return "{\"type\":\"generate\",\"model\":\"" + model(number) + "\",\"prompt\":\"" + prompt + "\"" + on
                + RETRIES;
    }

    private static String model(int number) {
        return number % 3 == 0 ? "fake-repeat" : "echo";
    }

    /// Submits a task, repeating it with the same key until it is acknowledged.
    private String submitted(String body) throws InterruptedException {
        String key = runKey + "-" + count.incrementAndGet();
        while (!isOver()) {
            try {
                String id = ServerProcess.object(post("/api/tasks", body, 201, "Idempotency-Key", key)).text("id");
                if (!submitted.add(id)) {
                    wrong.add(id + " was given twice");
                }
                return id;
            } catch (IOException away) {
                over.await(MOMENT_MS, TimeUnit.MILLISECONDS);
            }
        }
        return null;
    }

    private void submit(int number) throws IOException, InterruptedException {
        awaitEnd(submitted(task(number, "one two three")));
    }

    private void awaitEnd(String id) throws IOException, InterruptedException {
        while (id != null && !isOver()) {
            String status = ServerProcess.object(get("/api/tasks/" + id + "?wait=2s")).text("status");
            if (!status.equals("pending") && !status.equals("running")) {
                done.incrementAndGet();
                return;
            }
        }
    }

    private void batch(int number) throws IOException, InterruptedException {
        String one = task(number, "a part");
        Json.Obj batch = ServerProcess.object(post("/api/tasks/batch", "[" + (one + ",").repeat(BATCH - 1) + one + "]",
                201));
        String last = null;
        for (Json id : ((Json.Arr) batch.get("ids")).values()) {
            last = ((Json.Str) id).value();
            if (!submitted.add(last)) {
                wrong.add(last + " was given twice");
            }
        }
        awaitEnd(last);
    }

    private void call(int number, boolean streams) throws IOException, InterruptedException {
        String body = "{\"model\":\"" + model(number) + "\",\"messages\":[{\"role\":\"user\",\"content\":\"one two\"}],"
                + "\"stream\":" + streams + "}";
        HttpResponse<String> answer = send("POST", "/api/chat", body);
        String last = answer.body().strip();
        last = last.substring(last.lastIndexOf('\n') + 1);
        if (answer.statusCode() == 200 && last.contains("\"done\":true") && !last.contains("\"error\"")) {
            answered.add(answer.headers().firstValue("X-Queue-Task").orElse("no task"));
            done.incrementAndGet();
        } else if (answer.statusCode() != 200) {
            refused(answer);
        }
    }

    private void stream(int number) throws IOException, InterruptedException {
        String id = submitted(task(number, "one two three four"));
        if (id == null) {
            return;
        }
        try (EventReader events = new EventReader(url + "/api/tasks/" + id + "/events")) {
            for (EventReader.Told told = events.next(); told != null && !isOver(); told = events.next()) {
                if (told.event().equals("end")) {
                    break;
                }
            }
            done.incrementAndGet();
        }
    }

    private void cancel(int number) throws IOException, InterruptedException {
        String id = submitted(task(number, "never mind"));
        if (id == null) {
            return;
        }
        unwanted.add(id);
        HttpResponse<String> answer = send("POST", "/api/tasks/" + id + "/cancel", "");
        if (answer.statusCode() == 200) {
            cancelled.add(id);
            done.incrementAndGet();
        } else if (answer.statusCode() != 409) {
            refused(answer);
        }
    }

    private void cron(int number) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("POST", "/api/cron?replace=true", "{\"name\":\"soak-" + number
                + "\",\"cron_expr\":\"@every 1s\",\"task_template\":" + task(number, "each second") + "}");
        if (answer.statusCode() / 100 != 2) {
            refused(answer);
        }
        get("/api/cron");
        done.incrementAndGet();
        over.await(PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void now(String path, boolean posts) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE);
        HttpResponse<InputStream> answer = client.send((posts ? request.POST(BodyPublishers.noBody()) : request.GET())
                .build(), BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        over.await(PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    /// Reads every change, resuming where the stream ended.
    private void follow() throws IOException {
        try (EventReader events = new EventReader(url + "/api/events?since=" + lastSeq)) {
            for (EventReader.Told told = events.next(); told != null; told = events.next()) {
                if (told.event().equals("dropped")) {
                    return;
                }
                if (told.event().equals("reset")) {
                    reload(told.seq());
                    continue;
                }
                if (told.seq() <= lastSeq) {
                    wrong.add("event " + told.seq() + " came after " + lastSeq);
                }
                lastSeq = told.seq();
                if (told.data().get("task") instanceof Json.Obj task) {
                    changed(told.what(), task);
                }
            }
        }
    }

    private void changed(String what, Json.Obj task) {
        String id = task.text("id");
        if ("completed".equals(what) && completions.merge(id, 1, Integer::sum) > 1) {
            wrong.add(id + " was completed twice");
        }
        if ("failed".equals(what) && hadNoRoom(task)) {
            resultless.add(id);
        }
    }

    private static boolean hadNoRoom(Json.Obj task) {
        return task.text("error").startsWith("no room for its result");
    }

    /// Reads the list, because events up to here are no longer available, as every program must that comes back late.
    private void reload(long seq) throws IOException {
        ServerProcess.lines(url + "/api/tasks?status=completed&limit=100000000",
                task -> completions.putIfAbsent(task.text("id"), 0));
        ServerProcess.lines(url + "/api/tasks?status=failed&limit=100000000",
                task -> resultless.addAll(hadNoRoom(task) ? Set.of(task.text("id")) : Set.of()));
        resets.incrementAndGet();
        lastSeq = seq;
    }

    // ---- how they send requests

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", path, "");
        if (answer.statusCode() != 200) {
            if (answer.statusCode() == 404) {
                wrong.add(path + " was acknowledged and is gone: " + answer.body());
            }
            refused(answer);
        }
        return answer.body();
    }

    private String post(String path, String body, int awaited, String... headers)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = send("POST", path, body, headers);
        if (answer.statusCode() != awaited) {
            refused(answer);
        }
        return answer.body();
    }

    private void refused(HttpResponse<String> answer) throws NotNow {
        Predicate<Integer> may = status -> Set.of(429, 502, 503, 504, 507).contains(status);
        refusals.putIfAbsent(answer.statusCode(), answer.body());
        if (!may.test(answer.statusCode())) {
            wrong.add(answer.request().method() + " " + answer.uri().getPath() + ": " + answer.statusCode() + " "
                    + answer.body());
        }
        throw new NotNow(answer.body());
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /// Ends the work; waits for requests that have been sent.
    void finish() throws InterruptedException {
        over.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            finish();
            follower.interrupt();
            follower.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        client.close();
    }
}
