package server.action;

import java.util.List;
import java.util.Set;

import server.action.plan.Changes;
import server.task.ApiPath;
import server.task.TaskDocument;
import server.task.TaskJson;
import shared.Problem;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// Makes a submit from a recorded task, with changes.
final class Anew {

    /// The fields that are taken over unchanged. Points in time are not among them, because they have usually passed.
    private static final Set<String> KEPT = Set.of("type", "priority", "endpoint", "max_retries", "timeout",
            "first_byte_timeout", "initial_delay", "max_delay", "backoff_factor", "on", "remote_execution",
            "wait_for_model", "window", "client", "metadata");

    private final JsonWriter out;
    private final Changes changes;
    private final ApiPath endpoint;

    private Anew(JsonWriter out, Changes changes, ApiPath endpoint) {
        this.out = out;
        this.changes = changes;
        this.endpoint = endpoint;
    }

    /// Returns the body of the submit.
    ///
    /// @throws Problem 409 if `num_ctx` is to be set and the task's API has none
    static byte[] body(TaskDocument document, Changes changes) {
        JsonWriter shown = new JsonWriter(1024);
        TaskJson.write(shown, document, more -> { }, List.of());
        ApiPath endpoint = document.task().terms().caller().endpoint();
        if (changes.numCtx() != null && endpoint != null && !endpoint.ollamas()) {
            throw Problem.conflict("is a call of " + endpoint.path + ", which has no num_ctx");
        }
        JsonWriter out = new JsonWriter(shown.length() + 128).beginObject();
        new Anew(out, changes, endpoint).write(JsonReader.ofOwn(shown.slice()));
        return out.endObject().toBytes();
    }

    private void write(JsonReader task) {
        task.beginObject();
        for (String name = task.nextName(); name != null; name = task.nextName()) {
            switch (name) {
                case "model" -> model(name, task.string());
                case "payload" -> payload(JsonReader.ofOwn(task.raw()));
                case "type" -> {
                    if (endpoint == null) {
                        out.name(name).raw(task.raw());
                    } else {
                        task.skip();
                    }
                }
                case "on", "remote_execution" -> kept(name, task, changes.on() != null);
                case "max_retries" -> kept(name, task, changes.maxRetries() != null);
                default -> kept(name, task, !KEPT.contains(name));
            }
        }
        if (changes.on() != null) {
            out.name("on").string(changes.on());
        }
        if (changes.maxRetries() != null) {
            out.name("max_retries").number(changes.maxRetries());
        }
    }

    private void kept(String name, JsonReader in, boolean left) {
        if (left) {
            in.skip();
        } else {
            out.name(name).raw(in.raw());
        }
    }

    private void model(String name, String before) {
        out.name(name).string(changes.model() == null ? before : changes.model());
    }

    private void payload(JsonReader in) {
        out.name("payload").beginObject();
        boolean options = false;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            if (name.equals("model") && changes.model() != null) {
                model(name, in.string());
            } else if (name.equals("options") && changes.numCtx() != null) {
                options = true;
                options(in.peek() == JsonReader.Kind.OBJECT ? JsonReader.ofOwn(in.raw()) : null);
            } else {
                out.name(name).raw(in.raw());
            }
        }
        if (changes.numCtx() != null && !options) {
            options(null);
        }
        out.endObject();
    }

    /// Writes the options, with `num_ctx`.
    ///
    /// @param in null if the task has none
    private void options(JsonReader in) {
        out.name("options").beginObject();
        if (in != null) {
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                kept(name, in, name.equals("num_ctx"));
            }
        }
        out.name("num_ctx").number(changes.numCtx()).endObject();
    }
}
