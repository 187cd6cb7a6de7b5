package server.relay;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import server.executor.HostFailure;
import server.executor.answer.ErrorObject;
import server.executor.answer.KeptStream;
import server.executor.answer.Members;
import server.http.Answer;
import shared.Problem;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The form of one relayed call's answer: what is sent while the call waits after its head was sent, and how the answer
/// ends if it fails then. Each form is one that all clients of its API were seen to tolerate:
///
/// | answer | while it waits | where it fails |
/// |---|---|---|
/// | a whole one | a space | nothing, broken off: a complete error would pass for an answer |
/// | lines of JSON (`/api`) | a space; an empty line would be no JSON | an answer with `error`, then broken off |
/// | events of `/v1/chat/completions` etc. | a comment with the position | an event with `error`, an orderly end |
/// | events of `/v1/responses` | `response.queued`; for SDKs the comment | `response.failed`, for SDKs with `error` |
/// | events of `/v1/messages` | `ping` | `error`, an orderly end |
///
/// @param path        the API's own path
/// @param streams     whether the answer comes in pieces
/// @param isStainless whether the caller sent `x-stainless-…` headers, as OpenAI's SDKs do: one of their helpers fails
///                    on an event before `response.created`
/// @param model       as the call names it
/// @param task        the task's id
/// @param createdAtMs milliseconds since the epoch
public record AnswerForm(String path, boolean streams, boolean isStainless, String model, String task,
        long createdAtMs) {

    /// The rest of a failed answer.
    ///
    /// @param breaksOff whether the connection must be closed before the body's end
    public record Ending(byte[] bytes, boolean breaksOff) {
    }

    private static final String EVENTS = "text/event-stream";

    private ApiForm api() {
        return ApiForm.of(path);
    }

    /// Returns the content type for a head that is sent before a host has answered.
    String contentType() {
        return !streams ? Answer.JSON : api() == ApiForm.OLLAMA ? Answer.NDJSON : EVENTS;
    }

    /// Returns the sign of life for a waiting caller.
    ///
    /// @param position in the queue, from 1; 0 if the task is running
    byte[] signOfLife(int position) {
        ApiForm api = api();
        if (!streams || api == ApiForm.OLLAMA) {
            return bytes(" ");
        }
        if (api == ApiForm.MESSAGES) {
            return event("ping", new JsonWriter().beginObject().name("type").string("ping").endObject());
        }
        if (api == ApiForm.RESPONSES && !isStainless) {
            return response("response.queued", "queued", null);
        }
        return bytes(position > 0 ? ": queued position=" + position + "\n\n" : ": running\n\n");
    }

    /// Returns whether a stream has had its API's final event: many clients stop reading there and close it.
    ///
    /// @param body everything so far
    boolean hasSaidLast(Slice body) {
        String text = body.text();
        return streams && text.endsWith("\n") && isLast(last(text));
    }

    /// Returns whether an answer that its host ended normally can be left as it is: it is no stream of this API, or it
    /// ends with the API's final event or with an error of the host's own. Any other stream has lost its end.
    ///
    /// @param body the whole answer
    boolean hasEnd(Slice body) {
        String text = body.text();
        if (!streams || api() != ApiForm.OLLAMA && text.stripLeading().startsWith("{")) {
            return true;
        }
        String last = last(text);
        return isLast(last) || isError(last);
    }

    /// Returns the last line, or the data of the last event.
    private String last(String text) {
        int before = text.stripTrailing().lastIndexOf(api() == ApiForm.OLLAMA ? "\n" : "\ndata:");
        return text.substring(before + 1).strip().lines().findFirst().orElse("").replaceFirst("^data:", "").strip();
    }

    private boolean isLast(String data) {
        if (api() != ApiForm.OLLAMA) {
            return KeptStream.isLast(Slice.of(bytes(data)));
        }
        try {
            return ((Json.Obj) Json.parseOwn(bytes(data))).get("done") instanceof Json.Bool done && done.value();
        } catch (JsonException | ClassCastException torn) {
            return false;
        }
    }

    private static boolean isError(String data) {
        try {
            ErrorObject.check(Members.of(Slice.of(bytes(data)), "the end"), "the host", true);
            return false;
        } catch (HostFailure told) {
            return true;
        } catch (JsonException | IllegalArgumentException torn) {
            return false;
        }
    }

    /// Returns whether an answer that does not continue stops within a line or an event.
    ///
    /// @param body everything so far
    boolean isTorn(Slice body) {
        String end = new Slice(body.bytes(), Math.max(body.from(), body.to() - 3), body.to()).text();
        boolean lines = api() == ApiForm.OLLAMA;
        return !end.isEmpty() && !(lines ? end.endsWith("\n") : end.endsWith("\n\n") || end.equals("\n\r\n"));
    }

    /// Returns how the answer ends after an error, if its head was already sent.
    ///
    /// @param torn whether the host's last piece stopped within a line or an event
    Ending failure(Problem problem, long nowMs, boolean torn) {
        if (!streams) {
            return new Ending(new byte[0], true);
        }
        byte[] end = switch (api()) {
            case OLLAMA -> line(problem, nowMs);
            case OPENAI -> {
                JsonWriter json = new JsonWriter();
                api().write(json, problem);
                yield bytes("data: " + json + "\n\n");
            }
            case RESPONSES -> response("response.failed", "failed", problem);
            case MESSAGES -> {
                JsonWriter json = new JsonWriter();
                api().write(json, problem);
                yield event("error", json);
            }
        };
        boolean lines = api() == ApiForm.OLLAMA;
        return new Ending(torn ? bytes((lines ? "\n" : "\n\n") + new String(end, StandardCharsets.UTF_8)) : end, lines);
    }

    /// The message is in `error` for programs and, in brackets, in the text for a chat page that reads nothing else.
    private byte[] line(Problem problem, long nowMs) {
        String words = problem.getMessage();
        JsonWriter json = new JsonWriter().beginObject().name("model").string(model)
                .name("created_at").string(Instant.ofEpochMilli(nowMs).toString()).name("error").string(words);
        if (path.startsWith("/api/generate")) {
            json.name("response").string("[" + words + "]");
        } else {
            json.name("message").beginObject().name("role").string("assistant")
                    .name("content").string("[" + words + "]").endObject();
        }
        return bytes(json.name("done").bool(true).name("done_reason").string("error").endObject() + "\n");
    }

    /// Returns an event with the whole response object, still without output.
    private byte[] response(String type, String status, Problem problem) {
        JsonWriter json = new JsonWriter().beginObject().name("type").string(type).name("sequence_number").number(0)
                .name("response").beginObject().name("id").string("resp_" + task).name("object").string("response")
                .name("created_at").number(createdAtMs / 1_000).name("status").string(status).name("error");
        if (problem == null) {
            json.nul();
        } else {
            json.beginObject().name("code").string(code(problem.status()))
                    .name("message").string(problem.getMessage()).endObject();
        }
        for (String absent : new String[] {"incomplete_details", "instructions", "max_output_tokens", "usage"}) {
            json.name(absent).nul();
        }
        json.name("model").string(model).name("output").beginArray().endArray()
                .name("parallel_tool_calls").bool(true).name("tool_choice").string("auto")
                .name("tools").beginArray().endArray().name("metadata").beginObject().endObject().endObject();
        if (problem != null && isStainless) {
            // their helpers know no failure before response.created; this makes all of them raise the message
            api().writeError(json, problem);
        }
        return event(type, json.endObject());
    }

    /// Codex repeats a request after any code except those that say that the request is wrong.
    private static String code(int status) {
        return status == 429 ? "rate_limit_exceeded" : status < 500 && status != 408 ? "invalid_prompt"
                : "server_error";
    }

    private static byte[] event(String name, JsonWriter json) {
        return bytes("event: " + name + "\ndata: " + json + "\n\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
