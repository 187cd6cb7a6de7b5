package support.browser;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

import shared.json.Json;
import shared.json.JsonWriter;

/// A connection to a browser's DevTools protocol: commands by number, events by session. WebDriver BiDi, which Firefox
/// speaks, has the same framing, without sessions. Safe for several threads.
final class DevTools implements WebSocket.Listener, AutoCloseable {

    /// A command is answered within milliseconds; one that evaluates waits at most [Page#PATIENCE_MS].
    private static final long ANSWER_SECONDS = 60;

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, CompletableFuture<Json.Obj>> waiting = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, Json.Obj>> listeners = new ConcurrentHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    DevTools(URI address) {
        socket = http.newWebSocketBuilder().buildAsync(address, this).join();
    }

    /// Calls this with the name and the parameters of every event of a session, one after another.
    void listen(String session, BiConsumer<String, Json.Obj> listener) {
        listeners.put(session, listener);
    }

    void forget(String session) {
        listeners.remove(session);
    }

    /// Sends a command and waits for its result.
    ///
    /// @param session null for the browser itself
    /// @param parameters names and values in turn: [Json], text, numbers and booleans
    Json.Obj call(String session, String method, Object... parameters) {
        CompletableFuture<Json.Obj> answer = send(session, method, parameters);
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            throw new AssertionError(method + ": " + refused.getCause().getMessage());
        } catch (TimeoutException late) {
            throw new AssertionError(method + ": no answer within " + ANSWER_SECONDS + " s");
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Sends a command; safe in a listener, which must not wait.
    CompletableFuture<Json.Obj> send(String session, String method, Object... parameters) {
        long number = numbers.incrementAndGet();
        JsonWriter out = new JsonWriter().beginObject().name("id").number(number).name("method").string(method);
        if (session != null) {
            out.name("sessionId").string(session);
        }
        out.name("params").beginObject();
        for (int i = 0; i < parameters.length; i += 2) {
            out.name((String) parameters[i]);
            switch (parameters[i + 1]) {
                case Json json -> out.value(json);
                case Boolean flag -> out.bool(flag);
                case Number value -> out.number(value.toString());
                case Object other -> out.string(other.toString());
            }
        }
        CompletableFuture<Json.Obj> answer = new CompletableFuture<>();
        waiting.put(number, answer);
        String message = out.endObject().endObject().toString();
        synchronized (this) {
            // the next one may be sent only after this one
            socket.sendText(message, true).join();
        }
        return answer;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            Json.Obj message = (Json.Obj) Json.parse(text.toString());
            text.setLength(0);
            receive(message);
        }
        from.request(1);
        return null;
    }

    private void receive(Json.Obj message) {
        if (message.get("id") == null) {
            BiConsumer<String, Json.Obj> listener = listeners.get(String.valueOf(message.text("sessionId")));
            if (listener != null) {
                listener.accept(message.text("method"), (Json.Obj) message.get("params"));
            }
            return;
        }
        CompletableFuture<Json.Obj> answer = waiting.remove(message.integer("id", 0));
        if (message.get("error") != null) {
            Json.Obj told = message.get("error") instanceof Json.Obj error ? error : message;
            answer.completeExceptionally(new IllegalStateException(told.text("message")));
        } else {
            answer.complete((Json.Obj) message.get("result"));
        }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        lost("the browser closed the connection: " + status + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        lost("the connection to the browser was lost: " + error);
    }

    private void lost(String why) {
        waiting.values().forEach(answer -> answer.completeExceptionally(new IllegalStateException(why)));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
