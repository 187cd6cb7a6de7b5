package client;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import shared.json.Json;

/// Tasks as lines, fitted to the terminal; into a pipe nothing is cut.
final class TaskTable {

    private static final List<String> HEAD = List.of("ID", "STATUS", "TYPE", "MODEL", "PRIORITY", "AGE", "PROMPT");
    private static final int STATUS = 1;
    private static final int GAP = 2;

    private TaskTable() {
    }

    static void print(Session session, List<Json.Obj> tasks) {
        Terminal terminal = session.terminal();
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        tasks.forEach(task -> rows.add(cells(task, terminal.clock().instant())));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        int width = terminal.isTerminal().test(1) ? terminal.width().getAsInt() : Integer.MAX_VALUE;
        boolean colours = terminal.colours(1);
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length - 1; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i)) + GAP));
            }
            String fitted = fit(line.append(row.get(widths.length - 1)).toString().stripTrailing(), width);
            session.output().line(colours ? colour(fitted, row.get(STATUS)) : fitted);
        }
    }

    /// How many columns of a terminal a text takes.
    static int width(String text) {
        return text.codePoints().map(TaskTable::width).sum();
    }

    /// Cut to a width, with an ellipsis where something was cut.
    static String fit(String text, int max) {
        if (text.length() <= max / 2 || width(text) <= max) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int left = max - 1;
        for (int point : text.codePoints().toArray()) {
            left -= width(point);
            if (left < 0) {
                break;
            }
            kept.appendCodePoint(point);
        }
        return kept.append('\u2026').toString();
    }

    private static List<String> cells(Json.Obj task, Instant now) {
        String preview = task.text("preview");
        return List.of(cell(task.text("id")), cell(task.text("status")), cell(task.text("type")),
                cell(task.text("model")), Long.toString(task.integer("priority", 0)),
                age(task.text("created_at"), now), cell(preview));
    }

    /// On one line, without what would steer a terminal.
    private static String cell(String text) {
        return text == null ? "" : Output.printable(text.replaceAll("\\s+", " "));
    }

    /// `5s`, `12m`, `3h`, `8d`.
    private static String age(String created, Instant now) {
        try {
            Duration age = Duration.between(Instant.parse(String.valueOf(created)), now);
            long seconds = Math.max(0, age.toSeconds());
            return seconds < 120 ? seconds + "s" : seconds < 7_200 ? seconds / 60 + "m"
                    : seconds < 172_800 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
        } catch (DateTimeException unknown) {
            return "";
        }
    }

    private static String colour(String line, String status) {
        switch (status) {
            case "completed": return line.replaceFirst(status, "\033[32m" + status + "\033[0m");
            case "failed": return line.replaceFirst(status, "\033[31m" + status + "\033[0m");
            case "running": return line.replaceFirst(status, "\033[36m" + status + "\033[0m");
            default: return line;
        }
    }

    private static int width(int point) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        // the wide blocks: Hangul, CJK, full-width forms, emoji
        boolean wide = point >= 0x1100 && (point <= 0x115f || point >= 0x2e80 && point <= 0xa4cf
                || point >= 0xac00 && point <= 0xd7a3 || point >= 0xf900 && point <= 0xfaff
                || point >= 0xfe30 && point <= 0xfe6f || point >= 0xff00 && point <= 0xff60
                || point >= 0xffe0 && point <= 0xffe6 || point >= 0x1f300 && point <= 0x1faff
                || point >= 0x20000 && point <= 0x3fffd);
        return wide ? 2 : 1;
    }
}
