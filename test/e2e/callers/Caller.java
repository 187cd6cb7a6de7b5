package e2e.callers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import shared.json.Json;
import support.Await;

/// One of many callers, each with its own words in its prompt.
final class Caller implements Runnable {

    /// A caller's behaviour.
    enum Kind {
        /// Reads its answer to the end.
        STAYS,
        /// Leaves at some moment.
        LEAVES,
        /// Leaves at some moment, but its call must run to its end.
        LEAVES_KEPT,
        /// Repeats its call with the same key until it has a whole answer.
        REPEATS
    }

    private static final int WORDS = 20;
    private static final String MODEL = "fake-repeat";

    final String name;
    final Kind kind;
    private final HttpClient client;
    private final Supplier<String> url;
    private final Random random;
    private final boolean generate;
    private final boolean streams;
    private final String prompt;

    /// What was wrong; null if nothing was.
    volatile String wrong;
    /// Whether its whole answer came.
    volatile boolean answered;
    /// Its task, once that is known.
    volatile String task;

    Caller(int number, HttpClient client, Supplier<String> url, long seed) {
        this.name = "caller-" + number;
        this.kind = Kind.values()[number % 3 == 0 ? 1 : number % 12 == 1 ? 2 : number % 4 == 2 ? 3 : 0];
        this.client = client;
        this.url = url;
        this.random = new Random(seed + number);
        this.generate = random.nextBoolean();
        this.streams = random.nextInt(4) > 0;
        this.prompt = (name + " ").repeat(WORDS) + "ends";
    }

    @Override
    public void run() {
        try {
            do {
                ask();
            } while (kind == Kind.REPEATS && !answered && wrong == null);
        } catch (InterruptedException | RuntimeException failed) {
            wrong = failed.toString();
        }
    }

    private void ask() throws InterruptedException {
        String base = url.get();
        String body = "{\"model\":\"" + MODEL + "\",\"stream\":" + streams + "," + (generate
                ? "\"prompt\":\"" + prompt + "\"}"
                : "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base
                + (generate ? "/api/generate" : "/api/chat"))).header("X-Queue-Client", name)
                .POST(BodyPublishers.ofString(body));
        if (kind == Kind.LEAVES_KEPT) {
            request.header("X-Queue-Keep", "true");
        } else if (kind == Kind.REPEATS) {
            request.header("Idempotency-Key", "once");
        }
        CompletableFuture<HttpResponse<InputStream>> answer = client.sendAsync(request.build(),
                BodyHandlers.ofInputStream());
        boolean leaves = kind == Kind.LEAVES || kind == Kind.LEAVES_KEPT;
        try {
            HttpResponse<InputStream> head = leaves ? answer.get(random.nextInt(1500), TimeUnit.MILLISECONDS)
                    : answer.get();
            task = head.headers().firstValue("X-Queue-Task").orElse(task);
            try (InputStream in = head.body()) {
                read(head.statusCode(), in, leaves ? random.nextInt(WORDS) : Integer.MAX_VALUE);
            }
        } catch (TimeoutException waitedEnough) {
            answer.cancel(true);
        } catch (IOException | ExecutionException died) {
            // a host or the server died; a caller that repeats waits until there is a server
            if (kind == Kind.REPEATS) {
                Await.until("a server", () -> !url.get().equals(base) || alive(base));
            }
        }
    }

    private boolean alive(String base) {
        try {
            return client.send(HttpRequest.newBuilder(URI.create(base + "/healthz")).timeout(Duration.ofSeconds(10))
                    .build(), BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException | InterruptedException dead) {
            return false;
        }
    }

    /// @param most after this many lines it leaves
    private void read(int status, InputStream in, int most) throws IOException {
        if (status != 200) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            wrong = kind == Kind.REPEATS ? null : status + " " + text;
            // a failed call answers with its error each time
            answered = kind == Kind.REPEATS;
            return;
        }
        StringBuilder said = new StringBuilder();
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        boolean done = false;
        int count = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (count++ >= most) {
                return;
            }
            Json.Obj object = (Json.Obj) Json.parse(line);
            if (object.get("error") != null) {
                // its host died; the connection breaks off afterwards, or the failure is reported again
                answered = kind == Kind.REPEATS;
                return;
            }
            said.append(generate ? object.text("response") : ((Json.Obj) object.get("message")).text("content"));
            done = object.get("done") instanceof Json.Bool end && end.value();
            if (!prompt.startsWith(said.toString())) {
                wrong = "got " + said;
                return;
            }
        }
        if (!done || !prompt.contentEquals(said)) {
            wrong = "its answer ended in order after " + said;
        }
        answered = true;
    }
}
