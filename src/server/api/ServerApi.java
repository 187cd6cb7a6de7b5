package server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import server.access.Asker;
import server.access.RequestLimits;
import server.http.Answer;
import server.http.WebRequest;
import server.http.WebServer;
import server.queue.TaskQueue;
import server.queue.state.QueueMode;
import server.settings.Settings;
import server.task.SubmissionReader;
import shared.Problem;
import shared.Version;
import shared.config.Durations;
import shared.json.JsonWriter;

/// The requests that are about the server itself.
final class ServerApi {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            Info = version ws_port:int|null you:You limits:Limits
            You = name|null scope
            Limits = task_bytes:int batch_bytes:int batch_tasks:int bodies_bytes:int header_bytes:int \
                json_depth:int list:int wait:duration request_time:duration upload_time:duration connections:int \
                event_streams:int
            Health = status
            """;

    private final Settings settings;
    private final TaskQueue queue;
    private final Supplier<String> held;
    private final Supplier<String> keptOut;
    private final BooleanSupplier stopping;
    private volatile int wsPort;

    /// @param held why no attempt begins for the server's own trouble; null if there is none
    /// @param keptOut what keeps those out who may ask; null for nothing
    ServerApi(Settings settings, TaskQueue queue, Supplier<String> held, Supplier<String> keptOut,
            BooleanSupplier stopping) {
        this.keptOut = keptOut;
        this.settings = settings;
        this.queue = queue;
        this.held = held;
        this.stopping = stopping;
    }

    /// @param port where WebSocket is to be had; 0: nowhere
    void announce(int port) {
        wsPort = port;
    }

    /// 0 for nowhere.
    int webSocketPort() {
        return wsPort;
    }

    Answer info(WebRequest request) {
        JsonWriter out = new JsonWriter(512).beginObject();
        out.name("version").string(Version.TEXT);
        if (wsPort == 0) {
            out.name("ws_port").nul();
        } else {
            out.name("ws_port").number(wsPort);
        }
        Asker asker = request.asker();
        out.name("you").beginObject().name("name").string(asker.name()).name("scope").string(asker.scope().text)
                .endObject();
        out.name("limits").beginObject();
        out.name("task_bytes").number(settings.get(HttpApi.TASK_BYTES));
        out.name("batch_bytes").number(settings.get(HttpApi.BATCH_BYTES));
        out.name("batch_tasks").number(settings.get(HttpApi.BATCH_TASKS));
        out.name("bodies_bytes").number((long) settings.get(WebServer.BODIES_BYTES));
        out.name("header_bytes").number(settings.get(RequestLimits.HEADER_BYTES));
        out.name("json_depth").number(settings.get(SubmissionReader.JSON_DEPTH));
        out.name("list").number(settings.get(HttpApi.LIST));
        out.name("wait").string(Durations.format(settings.get(HttpApi.WAIT)));
        out.name("request_time").string(Durations.format(settings.get(RequestLimits.REQUEST_TIME)));
        out.name("upload_time").string(Durations.format(settings.get(RequestLimits.UPLOAD_TIME)));
        out.name("connections").number(settings.get(RequestLimits.CONNECTIONS));
        out.name("event_streams").number(settings.get(RequestLimits.EVENT_STREAMS));
        return Answer.json(200, out.endObject().endObject());
    }

    /// Whether the process is alive: it is, for it answers.
    Answer health(WebRequest request) {
        return Answer.json(200, new JsonWriter().beginObject().name("status").string("ok").endObject());
    }

    /// Whether the server takes tasks.
    Answer ready(WebRequest request) {
        String failure = queue.failure();
        if (failure != null) {
            throw new Problem(503, "not ready: " + failure);
        }
        String full = queue.full();
        if (full != null) {
            throw new Problem(503, "not ready: " + full);
        }
        String why = held.get();
        if (why != null) {
            throw new Problem(503, "not ready: " + why + "; tasks wait");
        }
        String nobody = keptOut.get();
        if (nobody != null) {
            throw new Problem(503, "not ready: " + nobody);
        }
        if (stopping.getAsBoolean()) {
            throw new Problem(503, "not ready: the server is stopping");
        }
        if (queue.mode() == QueueMode.DRAINING) {
            throw new Problem(503, "not ready: the queue is draining; POST /api/queue/resume ends that");
        }
        return Answer.json(200, new JsonWriter().beginObject().name("status").string("ready").endObject());
    }

    /// The client in one file, as the build put it beside this program.
    Answer client(WebRequest request) {
        try (InputStream file = ServerApi.class.getResourceAsStream("/Client.java")) {
            if (file == null) {
                throw Problem.notFound("this server was built without Client.java; make build puts it in");
            }
            byte[] source = file.readAllBytes();
            return new Answer.Whole(200, Answer.TEXT, source, source.length);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
