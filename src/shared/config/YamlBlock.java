package shared.config;

import java.util.ArrayList;
import java.util.List;

/// Reads a literal (`|`) or folded (`>`) block.
final class YamlBlock {

    private YamlBlock() {
    }

    /// @param parent the column of the key or list that contains the block; -1 for none
    static Node.Text read(YamlText in, int parent) {
        int from = in.at;
        boolean folded = in.text.charAt(in.at++) == '>';
        char chomp = 0;
        int column = -1;
        for (char c = in.current(); "+-123456789".indexOf(c) >= 0; c = in.text.charAt(++in.at)) {
            if (c > '0' ? column >= 0 : chomp != 0) {
                throw in.error(in.at, "| and > may be followed by at most one sign and one digit");
            } else if (c > '0') {
                column = Math.max(parent, 0) + c - '0';
            } else {
                chomp = c;
            }
        }
        in.endLine();
        in.at++;
        List<String> lines = new ArrayList<>();
        int blank = 0;
        int blankAt = 0;
        while (in.at < in.text.length()) {
            int end = in.text.indexOf('\n', in.at);
            int first = in.at;
            while (in.text.charAt(first) == ' ') {
                first++;
            }
            int indent = first - in.at;
            if (column < 0 && first == end && indent > blank) {
                blank = indent;
                blankAt = in.at;
            } else if (column < 0 && first < end && indent > parent) {
                column = indent;
                if (blank > indent) {
                    throw in.error(blankAt, "a blank line with more spaces than the first line of the text below it");
                }
            }
            boolean inside = column >= 0 && indent >= column;
            if (first < end && !inside) {
                break;
            }
            lines.add(inside ? in.text.substring(in.at + column, end) : "");
            in.at = end + 1;
        }
        return in.text(from, joined(lines, folded, chomp), false);
    }

    /// @param lines the lines without their indentation; blank ones are empty
    /// @param chomp which trailing line ends stay: `-` none, `+` all, anything else one
    private static String joined(List<String> lines, boolean folded, char chomp) {
        int last = lines.size();
        while (last > 0 && lines.get(last - 1).isEmpty()) {
            last--;
        }
        String end = chomp == '-' ? "" : chomp == '+' ? "\n".repeat(lines.size() - last + (last > 0 ? 1 : 0))
                : last > 0 ? "\n" : "";
        return edged(lines.subList(0, last), folded) + end;
    }

    /// Joins the lines. In a folded block, a line end between two lines that are not indented deeper becomes a space,
    /// and of several line ends one is dropped.
    private static String edged(List<String> lines, boolean folded) {
        StringBuilder out = new StringBuilder();
        boolean deepBefore = true;
        int breaks = 0;
        for (String line : lines) {
            if (line.isEmpty()) {
                breaks++;
                continue;
            }
            boolean deep = line.charAt(0) == ' ' || line.charAt(0) == '\t';
            boolean fold = folded && !deep && !deepBefore;
            out.append(fold && breaks == 0 ? " " : "\n".repeat(fold || out.length() == 0 ? breaks : breaks + 1));
            out.append(line);
            deepBefore = deep;
            breaks = 0;
        }
        return out.toString();
    }
}
