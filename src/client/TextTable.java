package client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Rows of cells, in columns that fit the terminal; nothing is cut in a pipe. The first rows determine the column
/// widths, so a table of any length needs little memory.
final class TextTable {

    private static final int MEASURED_ROWS = 1_000;
    private static final int LEFT_OUT = -1;

    private static final Map<String, String> COLOURS = Map.of("completed", "\033[32m", "failed", "\033[31m", "running",
            "\033[36m", "up", "\033[32m", "down", "\033[31m");

    private final Output output;
    private final boolean colours;
    private final int lineWidth;
    private final int[] widths;
    private final int optional;
    private final List<String[]> waiting = new ArrayList<>();
    private boolean measured;

    TextTable(Session session, String... head) {
        this(session, -1, head);
    }

    /// @param optional the number of a column that is omitted if no row has a value in it
    TextTable(Session session, int optional, String... head) {
        Terminal terminal = session.terminal();
        output = session.output();
        colours = terminal.colours(1);
        lineWidth = terminal.isTerminal().test(1) ? terminal.columns() : Integer.MAX_VALUE;
        widths = new int[head.length];
        this.optional = optional;
        waiting.add(head);
    }

    /// Adds a row with as many cells as the head; the second one, a status, may get a colour.
    void add(String... texts) {
        String[] cells = Arrays.stream(texts).map(output::shown).toArray(String[]::new);
        if (measured) {
            print(cells);
        } else if (waiting.add(cells) && waiting.size() > MEASURED_ROWS) {
            printWaiting();
        }
    }

    /// Prints the remaining rows; for a table without rows, nothing at all.
    ///
    /// @return whether there was a row
    boolean end() {
        if (!measured && waiting.size() > 1) {
            printWaiting();
        }
        return measured;
    }

    private void printWaiting() {
        measured = true;
        for (String[] row : waiting) {
            for (int i = 0; i < widths.length - 1; i++) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        }
        if (optional >= 0 && waiting.stream().skip(1).allMatch(row -> row[optional].isEmpty())) {
            widths[optional] = LEFT_OUT;
        }
        waiting.forEach(this::print);
        waiting.clear();
    }

    private void print(String[] row) {
        StringBuilder line = new StringBuilder();
        int second = 0;
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] == LEFT_OUT) {
                continue;
            }
            second = i == 1 ? line.length() : second;
            line.append(row[i]).append(" ".repeat(Math.max(0, widths[i] - width(row[i])) + 2));
        }
        String fitted = fit(line.toString().stripTrailing(), lineWidth);
        String colour = colours && fitted.startsWith(row[1], second) ? COLOURS.get(row[1]) : null;
        output.styled(colour == null ? fitted : fitted.substring(0, second) + colour + row[1] + "\033[0m"
                + fitted.substring(second + row[1].length()));
    }

    /// Returns how many columns of a terminal a text takes.
    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            width += width(text.codePointAt(i));
        }
        return width;
    }

    /// Cuts a text to a width, with an ellipsis where something was cut.
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
