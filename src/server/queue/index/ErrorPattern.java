package server.queue.index;

import java.util.regex.Pattern;

import server.task.Task;
import server.task.TaskId;
import shared.Problem;
import shared.TaskStatus;

/// Why a task failed, without the parts in which two similar failures differ: ids, addresses, quoted text, numbers. A
/// status that a host answered remains.
///
/// @param id   60 bits computed from the text alone, so it is the same after a restart
/// @param text the first line of the error, with an ellipsis for each removed part
public record ErrorPattern(long id, String text) {

    /// Stands for several causes that are not kept apart.
    public static final ErrorPattern OTHER = new ErrorPattern(0, "other causes");

    private static final int TEXT_MAX = 200;
    private static final String NONE = "no reason given";

    private static final Pattern VARIABLE = Pattern.compile(String.join("|",
            "\\b(?:task|cron|action)_[0-9a-z]{12}\\b",
            "\\bhttps?://[^\\s,;)\"']+",
            // quoted text; an apostrophe within a word begins none
            "\"[^\"]*\"|`[^`]*`|(?<!\\w)'[^']*'(?!\\w)",
            "\\b\\d{4}-\\d\\d-\\d\\dT[0-9:.]+(?:Z|[+-]\\d\\d:\\d\\d)?",
            "\\[[0-9a-f:]+\\](?::\\d+)?",
            // host:port
            "\\b[\\w-]+(?:\\.[\\w-]+)*:\\d{2,5}\\b",
            "\\b0x[0-9a-fA-F]+\\b",
            "\\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b",
            "\\b(?=[a-f]*\\d)[0-9a-f]{8,}\\b",
            "(?<![\\w-]|answered |status )\\d+(?:[.,:]\\d+)*"));

    /// Adjacent removed parts become one.
    private static final Pattern SEVERAL = Pattern.compile("\u2026(?:[\\s,;:./+-]*\u2026)+");

    /// Returns the cause of a failed task; null for any other task.
    public static ErrorPattern of(Task task) {
        return task.status() == TaskStatus.FAILED ? of(task.state().error()) : null;
    }

    /// Returns the cause that an error's text describes.
    ///
    /// @param error null if there is none
    public static ErrorPattern of(String error) {
        String line = error == null ? "" : error.lines().findFirst().orElse("").strip();
        String start = line.length() > 2 * TEXT_MAX ? line.substring(0, 2 * TEXT_MAX) : line;
        String text = SEVERAL.matcher(VARIABLE.matcher(start).replaceAll("\u2026")).replaceAll("\u2026");
        text = text.isEmpty() ? NONE : text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) + "\u2026" : text;
        return new ErrorPattern(hash(text), text);
    }

    /// Reads the id of a cause in the form of [#name].
    ///
    /// @throws Problem 400 if the text is not such an id
    public static long parse(String name) {
        long id = name.startsWith(TaskId.PREFIX) ? -1 : TaskId.parse(name);
        if (id < 0) {
            throw Problem.badRequest("cause must be an id as GET /api/tasks/causes lists it, of 12 digits, not \""
                    + Problem.shown(name) + "\"");
        }
        return id;
    }

    /// Returns whether it is a single cause.
    public boolean isOne() {
        return id != OTHER.id;
    }

    /// Returns the id as text.
    public String name() {
        return TaskId.digits(id);
    }

    /// Returns 60 bits of the FNV-1a hash.
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash >>> 4;
    }
}
