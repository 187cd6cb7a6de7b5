package client;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import shared.json.Json;

/// Tasks as rows of a table.
final class TaskTable {

    /// In characters (code points), as in the server's summaries.
    private static final int PREVIEW_MAX = 80;

    private final TextTable rows;
    private final Instant now;

    TaskTable(Session session) {
        rows = new TextTable(session, 6, "ID", "STATUS", "TYPE", "MODEL", "PRIORITY", "AGE", "CLIENT", "PROMPT");
        now = session.terminal().time().instant();
    }

    /// Adds a task, given either complete or as a summary.
    void add(Json.Obj task) {
        rows.add(cell(task, "id"), state(task, now), type(task), cell(task, "model"),
                Long.toString(task.integer("priority", 0)), age(task, "created_at", now), cell(task, "client"),
                preview(task));
    }

    /// Prints the rows that are not printed yet.
    void end() {
        rows.end();
    }

    /// Returns a task's status; also how long it remains pending, if it waits for a time, and whether its answer was
    /// cut off at its length limit.
    static String state(Json.Obj task, Instant now) {
        String status = cell(task, "status");
        for (String name : List.of("retry_at", "scheduled_at")) {
            Instant due = time(task, name);
            if (status.equals("pending") && due != null && due.isAfter(now)) {
                return status + " (in " + span(Duration.between(now, due)) + ")";
            }
        }
        return task.get("cut") == null ? status : status + " (cut)";
    }

    private static String type(Json.Obj task) {
        return cell(task, "type") + (task.get("relayed") == null ? "" : " call");
    }

    /// Returns how long ago a member's time is, as `5s`, `12m`, `3h` or `8d`; empty if it is not a time.
    static String age(Json.Obj object, String name, Instant now) {
        Instant time = time(object, name);
        return time == null ? "" : span(Duration.between(time, now));
    }

    /// Returns a member's value on one line; empty if it is null or absent.
    static String cell(Json.Obj object, String name) {
        Json value = object.get(name);
        return value == null ? "" : line(TaskText.plain(value));
    }

    /// Returns a text on one line.
    static String line(String text) {
        return text.replaceAll("\\s+", " ");
    }

    /// Returns the time in a member; null if there is none.
    static Instant time(Json.Obj object, String name) {
        try {
            return Instant.parse(String.valueOf(object.text(name)));
        } catch (DateTimeException none) {
            return null;
        }
    }

    /// Returns a duration, as `5s`, `12m`, `3h` or `8d`.
    static String span(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        return seconds < 120 ? seconds + "s" : seconds < 7_200 ? seconds / 60 + "m"
                : seconds < 172_800 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
    }

    /// Returns the same, rounded up, for an upper bound.
    static String spanAtMost(Duration duration) {
        long seconds = Math.max(0, (duration.toMillis() + 999) / 1_000);
        long unit = seconds < 120 ? 1 : seconds < 7_200 ? 60 : seconds < 172_800 ? 3_600 : 86_400;
        return span(Duration.ofSeconds((seconds + unit - 1) / unit * unit));
    }

    /// Returns the beginning of the prompt, which the server sends only in a summary.
    private static String preview(Json.Obj task) {
        Json asked = task.get("preview");
        if (asked == null && task.get("payload") instanceof Json.Obj payload) {
            Json input = payload.get("input") instanceof Json.Arr all && !all.values().isEmpty() ? all.values().get(0)
                    : payload.get("input");
            asked = payload.get("prompt") != null ? payload.get("prompt") : input;
            if (asked == null && payload.get("messages") instanceof Json.Arr messages) {
                for (Json message : messages.values()) {
                    asked = message instanceof Json.Obj one && one.get("content") != null ? one.get("content") : asked;
                }
            }
        }
        String text = asked == null ? "" : TaskText.plain(asked);
        int points = text.codePointCount(0, text.length());
        return line(points > PREVIEW_MAX ? text.substring(0, text.offsetByCodePoints(0, PREVIEW_MAX)) : text);
    }
}
