package client;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.json.Json;

/// Tasks as lines, fitted to the terminal; into a pipe nothing is cut.
final class TaskTable {

    private static final String[] HEAD = {"ID", "STATUS", "TYPE", "MODEL", "PRIORITY", "AGE", "PROMPT"};
    private static final Map<String, String> COLOURS = Map.of("completed", "\033[32m", "failed", "\033[31m", "running",
            "\033[36m", "up", "\033[32m", "down",
            "\033[31m");

    private TaskTable() {
    }

    static void print(Session session, List<Json.Obj> tasks) {
        List<String[]> rows = new ArrayList<>();
        rows.add(HEAD);
        for (Json.Obj task : tasks) {
            rows.add(cells(task, session.terminal().time().instant()));
        }
        printRows(session, rows);
    }

    /// Any rows of as many cells; the second, a status, may have a colour.
    static void printRows(Session session, List<String[]> rows) {
        Terminal terminal = session.terminal();
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length - 1; i++) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        }
        int width = terminal.isTerminal().test(1) ? terminal.width().getAsInt() : Integer.MAX_VALUE;
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row[i]).append(" ".repeat(Math.max(0, widths[i] - width(row[i])) + 2));
            }
            String fitted = fit(line.toString().stripTrailing(), width);
            String colour = terminal.colours(1) ? COLOURS.get(row[1]) : null;
            session.output().line(colour == null ? fitted : fitted.replaceFirst(row[1], colour + row[1] + "\033[0m"));
        }
    }

    /// How many columns of a terminal a text takes.
    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            width += width(text.codePointAt(i));
        }
        return width;
    }

    /// Cut to a width, with an ellipsis where something was cut.
    static String fit(String text, int max) {
        if (width(text) <= max) {
            return text;
        }
        int at = 0;
        for (int left = max - 1 - width(text.codePointAt(0)); left >= 0; left -= width(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return text.substring(0, at) + '\u2026';
    }

    private static String[] cells(Json.Obj task, Instant now) {
        return new String[] {cell(task, "id"), cell(task, "status"), cell(task, "type"), cell(task, "model"),
            Long.toString(task.integer("priority", 0)), age(cell(task, "created_at"), now), cell(task, "preview")};
    }

    static String cell(Json.Obj task, String name) {
        String text = task.text(name);
        return text == null ? "" : line(text);
    }

    /// On one line, without what would steer a terminal.
    static String line(String text) {
        return Output.printable(text.replaceAll("\\s+", " "));
    }

    /// `5s`, `12m`, `3h`, `8d`.
    static String age(String created, Instant now) {
        try {
            long seconds = Math.max(0, Duration.between(Instant.parse(created), now).toSeconds());
            return seconds < 120 ? seconds + "s" : seconds < 7_200 ? seconds / 60 + "m"
                    : seconds < 172_800 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
        } catch (DateTimeException unknown) {
            return "";
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
