package server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;

import server.access.Asker;
import server.access.RequestLimits;
import server.http.Answer;
import server.http.WebRequest;
import server.http.WebServer;
import server.queue.TaskQueue;
import server.queue.state.QueueMode;
import server.settings.Loader;
import server.settings.Settings;
import server.settings.Value;
import server.task.SubmissionReader;
import shared.Problem;
import shared.TaskStatus;
import shared.Version;
import shared.config.Durations;
import shared.json.JsonWriter;

/// The requests about the server itself.
final class ServerApi {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            Info = version ws_port:int|null you:You limits:Limits
            You = name|null scope
            Limits = task_bytes:int batch_bytes:int batch_tasks:int bodies_bytes:int header_bytes:int \
                json_depth:int list:int wait:duration request_time:duration upload_time:duration connections:int \
                event_streams:int
            Health = status
            SettingsInUse = file|null settings:[Setting] used:{int}
            Setting = key value|null origin default|null says reload:bool after_restart?:text|null
            """;

    private final Settings settings;
    private final TaskQueue queue;
    private final HttpApi.Parts parts;
    private final WebServer web;
    private final IntSupplier streams;
    /// The settings with which the server started.
    private final Loader atStart;
    private volatile int wsPort;

    /// @param streams how many event streams are open
    ServerApi(Settings settings, HttpApi.Parts parts, WebServer web, IntSupplier streams) {
        this.settings = settings;
        this.parts = parts;
        this.web = web;
        this.streams = streams;
        queue = parts.queue();
        atStart = parts.loaded().get();
    }

    /// Announces the port of the WebSocket server.
    ///
    /// @param port 0 for none
    void announce(int port) {
        wsPort = port;
    }

    /// Returns the port of the WebSocket server; 0 for none.
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

    /// Returns the settings as `config show` shows them, without secrets, and the present use of some limits. A changed
    /// setting that needs a restart also has its new value.
    Answer settings(WebRequest request) {
        Loader now = parts.loaded().get();
        JsonWriter out = new JsonWriter(32 << 10).beginObject();
        out.name("file").string(now.fileName());
        out.name("settings").beginArray();
        now.all().forEach((key, value) -> {
            if (key.startsWith("client.")) {
                return;
            }
            Value before = atStart.all().getOrDefault(key, value);
            boolean waits = !value.setting().isLive() && !Objects.equals(before.shown(), value.shown());
            Value valid = waits ? before : value;
            out.beginObject().name("key").string(key).name("value").string(valid.shown());
            out.name("origin").string(valid.origin()).name("default").string(valid.setting().fallback());
            out.name("says").string(valid.setting().does()).name("reload").bool(valid.setting().isLive());
            if (waits) {
                out.name("after_restart").string(value.shown());
            }
            out.endObject();
        });
        out.endArray().name("used").beginObject();
        used().forEach((key, count) -> out.name(key).number(count));
        return Answer.json(200, out.endObject().endObject());
    }

    private Map<String, Long> used() {
        return Map.of("limits.pending_tasks", queue.stats().byStatus().getOrDefault(TaskStatus.PENDING, 0L),
                "limits.event_streams", (long) streams.getAsInt(),
                "limits.bodies_bytes", web.bodies().used(),
                "queue.workers", (long) parts.hosts().running());
    }

    /// Answers whether the process is alive: it is, because it answers.
    Answer health(WebRequest request) {
        return Answer.json(200, new JsonWriter().beginObject().name("status").string("ok").endObject());
    }

    /// Answers whether the server is ready for tasks; 503 with the reason if not.
    Answer ready(WebRequest request) {
        String failure = queue.failure();
        if (failure != null) {
            throw new Problem(503, "not ready: " + failure);
        }
        String full = queue.full();
        if (full != null) {
            throw new Problem(503, "not ready: " + full);
        }
        String why = parts.held().get();
        if (why != null) {
            throw new Problem(503, "not ready: " + why + "; tasks wait");
        }
        String nobody = parts.tokens().trouble();
        if (nobody != null) {
            throw new Problem(503, "not ready: " + nobody);
        }
        if (web.stopping()) {
            throw new Problem(503, "not ready: the server is stopping");
        }
        if (queue.mode() == QueueMode.DRAINING) {
            throw new Problem(503, "not ready: the queue is draining; POST /api/queue/resume ends that");
        }
        return Answer.json(200, new JsonWriter().beginObject().name("status").string("ready").endObject());
    }

    /// Sends the client in one file, as the build put it beside this program.
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
