package client;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import shared.Nearest;
import shared.Priority;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonException;

/// Translates the flags that describe a task into the API's JSON. It contains only what the user gave: defaults are the
/// server's.
final class TaskFlags {

    private static final List<String> ROLES = List.of("user", "assistant", "system", "tool");

    private final Arguments arguments;
    private final Terminal terminal;
    private final Inputs inputs;
    private final Map<String, Json> task = new LinkedHashMap<>();

    private TaskFlags(Arguments arguments, Session session) {
        this.arguments = arguments;
        terminal = session.terminal();
        inputs = session.inputs();
    }

    /// Reads everything but prompt and input, which may come from stdin.
    ///
    /// @param type null leaves it out
    static Map<String, Json> read(TaskType type, Arguments arguments, Session session) {
        TaskFlags flags = new TaskFlags(arguments, session);
        if (type != null) {
            flags.task.put("type", new Json.Str(type.text));
        }
        flags.request();
        flags.terms();
        return flags.task;
    }

    private void request() {
        text("model", "model");
        text("system", "system");
        if (arguments.has("messages")) {
            task.put("messages", messages());
        }
        if (arguments.has("image")) {
            List<Json> images = new ArrayList<>();
            for (String name : arguments.all("image")) {
                images.add(new Json.Str(Base64.getEncoder().encodeToString(inputs.bytes("--image", name))));
            }
            task.put("images", new Json.Arr(images));
        }
        pairs("option", "options");
        pairs("field", "payload");
        String format = arguments.text("format");
        if (format != null) {
            task.put("format", format.equals("json") ? new Json.Str(format) : object("--format",
                    format.startsWith("{") ? json("--format", format) : inputs.json("--format", format)));
        }
        String think = arguments.text("think");
        if (think != null) {
            boolean truth = think.equals("true") || think.equals("false");
            task.put("think", truth ? new Json.Bool(think.equals("true")) : new Json.Str(think));
        }
        String keep = arguments.text("keep-alive");
        if (keep != null) {
            task.put("keep_alive", keep.matches("-?\\d{1,18}") ? new Json.Num(keep) : new Json.Str(keep));
        }
    }

    private void terms() {
        Instant now = terminal.time().instant();
        if (arguments.has("priority")) {
            number("priority", Priority.parse(arguments.text("priority")));
        }
        if (arguments.has("at") && arguments.has("in")) {
            throw Failure.usage("--at and --in cannot be combined", null);
        }
        if (arguments.has("at")) {
            time("scheduled_at", time("--at", arguments.text("at"), terminal.now()));
        } else if (arguments.has("in")) {
            time("scheduled_at", now.plus(arguments.duration("in")));
        }
        if (arguments.has("expires-in")) {
            time("expires_at", now.plus(arguments.duration("expires-in")));
        }
        arguments.duration("task-timeout");
        text("task-timeout", "timeout");
        arguments.duration("first-byte-timeout");
        text("first-byte-timeout", "first_byte_timeout");
        if (arguments.has("max-retries")) {
            number("max_retries", Integer.parseInt(arguments.count("max-retries")));
        }
        text("on", "on");
        flag("remote", "remote_execution");
        flag("wait-for-model", "wait_for_model");
        text("client", "client");
        text("window", "window");
        if (arguments.has("by")) {
            finishBy(arguments.text("by"));
        }
        if (arguments.has("metadata")) {
            String text = arguments.text("metadata");
            task.put("metadata", object("--metadata", text.startsWith("@")
                    ? inputs.json("--metadata", text.substring(1)) : json("--metadata", text)));
        }
    }

    /// Reads a duration, which the server counts from the submit, or a time, which every task of a cron task would
    /// share.
    private void finishBy(String by) {
        if (by.matches("[\\d.]+[a-zµμ].*")) {
            arguments.duration("by");
            text("by", "finish_by");
        } else if (arguments.command().name().startsWith("cron ")) {
            throw Failure.usage("--by must be a duration here, for every task of the cron task", "--by 2h");
        } else {
            time("finish_by", time("--by", by, terminal.now()));
        }
    }

    /// Reads messages: each as `role:text`, or all as a JSON array.
    private Json messages() {
        List<Json> messages = new ArrayList<>();
        for (String text : arguments.all("messages")) {
            int colon = text.indexOf(':');
            if (text.startsWith("[") || text.startsWith("@")) {
                Json json = text.startsWith("@") ? inputs.json("--messages", text.substring(1))
                        : json("--messages", text);
                if (!(json instanceof Json.Arr array)) {
                    throw Failure.usage("--messages must be a JSON array of messages", null);
                }
                messages.addAll(array.values());
            } else if (colon > 0 && ROLES.contains(text.substring(0, colon))) {
                Map<String, Json> message = new LinkedHashMap<>();
                message.put("role", new Json.Str(text.substring(0, colon)));
                message.put("content", new Json.Str(text.substring(colon + 1).stripLeading()));
                messages.add(new Json.Obj(message));
            } else {
                String near = colon > 0 ? Nearest.hint(text.substring(0, colon), ROLES) : "";
                throw Failure.usage("--messages must begin with user:, assistant:, system: or tool:, or be a JSON "
                        + "array or @FILE" + near, near.isEmpty() ? "--messages \"user:" + text + "\"" : null);
            }
        }
        return new Json.Arr(messages);
    }

    private void pairs(String flag, String member) {
        Map<String, Json> pairs = new LinkedHashMap<>();
        for (String pair : arguments.all(flag)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw Failure.usage("--" + flag + " must be NAME=VALUE, not \"" + pair + "\"", null);
            }
            String value = pair.substring(equals + 1);
            pairs.put(pair.substring(0, equals), jsonOrText(value.startsWith("@")
                    ? inputs.text("--" + flag + " " + pair.substring(0, equals), value.substring(1)) : value));
        }
        if (!pairs.isEmpty()) {
            task.put(member, new Json.Obj(pairs));
        }
    }

    /// Parses a time, which is in the user's zone unless it includes one; a time of day means its next occurrence.
    static Instant time(String flag, String text, ZonedDateTime now) {
        String iso = (text.matches("\\d:.*") ? "0" + text : text).replace(' ', 'T');
        try {
            if (iso.matches("\\d\\d:.*")) {
                return next(now.toLocalDate().atTime(LocalTime.parse(iso)), now);
            }
            if (!iso.contains("T")) {
                return LocalDate.parse(iso).atStartOfDay(now.getZone()).toInstant();
            }
            return iso.matches(".*T.*(Z|[+-][\\d:]+)") ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).atZone(now.getZone()).toInstant();
        } catch (DateTimeException bad) {
            throw Failure.usage(flag + " must be a time such as 15:04, 2026-01-02T15:04 or 2026-01-02T15:04:05Z, not \""
                    + text + "\"", flag.equals("--at") ? "--in takes a duration"
                    : flag.equals("--by") ? "or a duration such as 2h" : null);
        }
    }

    /// Returns the next moment at which the clock shows a time. If the time occurs twice today, this may be its second
    /// occurrence; if it is skipped today, it counts as later by what is skipped.
    private static Instant next(LocalDateTime today, ZonedDateTime now) {
        ZonedDateTime first = today.atZone(now.getZone());
        return Stream.of(first, first.withLaterOffsetAtOverlap(), today.plusDays(1).atZone(now.getZone()))
                .filter(time -> time.isAfter(now)).findFirst().orElseThrow().toInstant();
    }

    private static Json object(String flag, Json value) {
        if (!(value instanceof Json.Obj)) {
            throw Failure.usage(flag + " must be a JSON object", flag + " '{\"name\":\"value\"}'");
        }
        return value;
    }

    private static Json json(String flag, String text) {
        return Inputs.json(flag, 1, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Returns a JSON value, or the text itself if it is not JSON.
    private static Json jsonOrText(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException plainText) {
            return new Json.Str(text);
        }
    }

    private void time(String member, Instant time) {
        task.put(member, new Json.Str(time.toString()));
    }

    private void number(String member, int value) {
        task.put(member, new Json.Num(Integer.toString(value)));
    }

    private void text(String flag, String member) {
        if (arguments.has(flag)) {
            task.put(member, new Json.Str(arguments.text(flag)));
        }
    }

    private void flag(String flag, String member) {
        if (arguments.isOn(flag)) {
            task.put(member, new Json.Bool(true));
        }
    }
}
