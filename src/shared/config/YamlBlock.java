package shared.config;

import java.util.List;

/// Joins the lines of a literal (`|`) or folded (`>`) block.
final class YamlBlock {

    private YamlBlock() {
    }

    /// @param lines without their indent; blank ones are empty
    /// @param chomp which line ends at the end stay: `-` none, `+` all, anything else one
    static String text(List<String> lines, boolean folded, char chomp) {
        int last = lines.size();
        while (last > 0 && lines.get(last - 1).isEmpty()) {
            last--;
        }
        String end = chomp == '-' ? "" : chomp == '+' ? "\n".repeat(lines.size() - last + (last > 0 ? 1 : 0))
                : last > 0 ? "\n" : "";
        return joined(lines.subList(0, last), folded) + end;
    }

    /// In a folded block a line end between two lines at its edge becomes a space, and of several one goes.
    private static String joined(List<String> lines, boolean folded) {
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
