package support;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// An Ollama for tests, on a free port of the loopback, scripted per request or per model:
///
/// ```
/// try (FakeOllama ollama = FakeOllama.start()) {
///     ollama.next(FakeOllamaAnswer.busy());                        // the next request, whatever it asks for
///     ollama.on("qwen3", FakeOllamaAnswer.tokens("Hel", "lo"));    // every other one for this model
///     ...
///     assertEquals("/api/chat", ollama.takeRequest().path());
/// }
/// ```
/// Without a script, it repeats the prompt; models with the names in [FakeOllamaAnswer#named] misbehave as their names
/// say. As a program of its own (`java test/support/FakeOllama.java [PORT]`) it is scripted by these names; its first
/// line is then `listening on http://127.0.0.1:PORT`. It needs only the JDK.
public final class FakeOllama implements AutoCloseable {

    /// A system property of the program: whether it ends when its stdin does.
    static final String ENDS_WITH_STDIN = "ends.with.stdin";

    private final int port;
    private final Queue<FakeOllamaAnswer> next = new ConcurrentLinkedQueue<>();
    private final Map<String, FakeOllamaAnswer> byModel = new ConcurrentHashMap<>();
    private final Map<String, FakeOllamaAnswer> infos = new ConcurrentHashMap<>();
    private final List<FakeOllamaRequest> requests = new ArrayList<>();
    private final BlockingQueue<FakeOllamaRequest> untaken = new LinkedBlockingQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private volatile FakeOllamaAnswer otherwise = FakeOllamaAnswer.echo();
    private volatile Set<String> models = Set.of();
    private volatile ServerSocket listener;
    private volatile Thread acceptor;

    private FakeOllama(int port) throws IOException {
        listener = listen(port);
        this.port = listener.getLocalPort();
    }

    public static FakeOllama start() throws IOException {
        return start(0);
    }

    /// @param port 0 for any free port
    public static FakeOllama start(int port) throws IOException {
        FakeOllama fake = new FakeOllama(port);
        fake.accept(fake.listener);
        return fake;
    }

    public static void main(String[] args) throws Exception {
        FakeOllama fake = start(args.length == 0 ? 0 : Integer.parseInt(args[0]));
        if (args.length > 1) {
            fake.models(Arrays.copyOfRange(args, 1, args.length));
        }
        System.out.println("listening on " + fake.url());
        if (Boolean.getBoolean(ENDS_WITH_STDIN)) {
            // the process that started it has the other end, and is gone
            System.in.transferTo(OutputStream.nullOutputStream());
            System.exit(0);
        }
        Thread.currentThread().join();
    }

    // ---- script

    /// Answers the next unscripted task with this; several calls are queued.
    public FakeOllama next(FakeOllamaAnswer answer) {
        next.add(answer);
        return this;
    }

    /// Answers every task of this model with this, if no [#next] is left.
    public FakeOllama on(String model, FakeOllamaAnswer answer) {
        byModel.put(model, answer);
        return this;
    }

    /// Answers every other task with this.
    public FakeOllama otherwise(FakeOllamaAnswer answer) {
        otherwise = answer;
        return this;
    }

    /// Has only these models (others get a 404). Without this, it has every model and lists `fake:latest`.
    public FakeOllama models(String... names) {
        models = Set.of(names);
        return this;
    }

    /// Answers a `GET` of this path with these bytes, which include the head.
    public FakeOllama info(String path, byte[] wire) {
        return info(path, (request, reply) -> reply.raw(wire));
    }

    /// Answers a `GET` of this path with this.
    public FakeOllama info(String path, FakeOllamaAnswer answer) {
        infos.put(path, answer);
        return this;
    }

    // ---- its address

    public int port() {
        return port;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    // ---- what it saw

    /// Returns all tasks so far (`POST`), in the order of arrival.
    public List<FakeOllamaRequest> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /// Returns the next task that has not been taken; waits for it, at most a minute.
    public FakeOllamaRequest takeRequest() throws InterruptedException {
        FakeOllamaRequest request = untaken.poll(60, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request came within 60 s");
        }
        return request;
    }

    /// Returns how many tasks are being answered.
    public int running() {
        return running.get();
    }

    /// Returns the largest number of tasks that were answered at the same time.
    public int mostRunning() {
        return mostRunning.get();
    }

    /// Returns how many connections have been accepted.
    public int connections() {
        return accepted.get();
    }

    /// Returns how many connections are open.
    public int openConnections() {
        return open.size();
    }

    // ---- dying and coming back

    /// Ends as if killed: breaks off every connection and refuses new ones.
    public void kill() throws IOException {
        listener.close();
        try {
            // until its thread has left it, a closed listener still accepts connections
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : open) {
            socket.close();
        }
    }

    /// Listens again, on the same port.
    public void restart() throws IOException {
        listener = listen(port);
        accept(listener);
    }

    @Override
    public void close() throws IOException {
        kill();
    }

    // ---- the server

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        return listener;
    }

    private void accept(ServerSocket from) {
        acceptor = Thread.ofVirtual().name("fake-ollama").start(() -> {
            while (!from.isClosed()) {
                try {
                    Socket socket = from.accept();
                    open.add(socket);
                    if (from.isClosed()) {
                        socket.close();
                    }
                    accepted.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException closed) {
                    // killed
                }
            }
        });
    }

    /// Reads requests and answers each on its own thread, so that a client that leaves is noticed.
    private void serve(Socket socket) {
        Thread player = null;
        try (socket) {
            socket.setTcpNoDelay(true);
            PushbackInputStream in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()));
            for (FakeOllamaRequest request = FakeOllamaRequest.read(in, false); request != null;
                    request = FakeOllamaRequest.read(in, true)) {
                FakeOllamaRequest current = request;
                FakeOllamaReply reply = new FakeOllamaReply(request, socket);
                player = Thread.ofVirtual().start(() -> play(current, reply));
                int following = -1;
                try {
                    following = in.read();
                } finally {
                    if (following < 0) {
                        request.clientClosed();
                        player.interrupt();
                    }
                }
                player.join();
                if (following < 0) {
                    return;
                }
                in.unread(following);
            }
        } catch (IOException | InterruptedException closed) {
            // the client left, or this fake was killed
        } finally {
            open.remove(socket);
        }
    }

    private void play(FakeOllamaRequest request, FakeOllamaReply reply) {
        if (request.method().equals("GET")) {
            FakeOllamaAnswer info = infos.get(request.path());
            finish(request, reply, info == null ? FakeOllamaAnswer.info(models) : info);
            return;
        }
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        synchronized (requests) {
            requests.add(request);
        }
        untaken.add(request);
        try {
            finish(request, reply, answer(request.model()));
        } finally {
            running.decrementAndGet();
        }
    }

    private static void finish(FakeOllamaRequest request, FakeOllamaReply reply, FakeOllamaAnswer answer) {
        try {
            answer.play(request, reply);
            request.answered();
            reply.end();
        } catch (IOException | InterruptedException gone) {
            reply.drop();
        } catch (RuntimeException wrongScript) {
            wrongScript.printStackTrace();
            reply.drop();
        }
    }

    private FakeOllamaAnswer answer(String model) {
        FakeOllamaAnswer first = next.poll();
        if (first != null) {
            return first;
        }
        if (!models.isEmpty() && !models.contains(model)) {
            return FakeOllamaAnswer.missing(model);
        }
        FakeOllamaAnswer scripted = byModel.get(model);
        FakeOllamaAnswer named = FakeOllamaAnswer.named(model);
        return scripted != null ? scripted : named != null ? named : otherwise;
    }
}
