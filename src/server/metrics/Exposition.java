package server.metrics;

import java.util.Locale;

import server.stats.Buckets.Counted;

/// Writes the text format of Prometheus, version 0.0.4: families of samples, each with its kind and its meaning. A
/// family that would make the text longer than [#LINES_MAX] is omitted completely, and counted.
final class Exposition {

    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
    /// The maximum number of lines, including those with `#`.
    static final int LINES_MAX = 3_000;
    /// The lines of the family that counts the omitted ones.
    private static final int LAST_LINES = 3;

    private final StringBuilder text = new StringBuilder(1 << 14);
    private final StringBuilder family = new StringBuilder();
    private String name;
    private int lines;
    private int familyLines;
    private int samples;
    private int leftOut;

    /// Begins a family of values that only grow.
    Exposition counter(String newName, String help) {
        return begin(newName, "counter", help);
    }

    /// Begins a family of values that rise and fall.
    Exposition gauge(String newName, String help) {
        return begin(newName, "gauge", help);
    }

    /// Writes a family of one histogram.
    void histogram(String newName, String help, Counted counted) {
        begin(newName, "histogram", help);
        for (int i = 0; i < counted.bounds().length; i++) {
            line("_bucket", counted.upTo()[i], "le", number(counted.bounds()[i]));
        }
        line("_bucket", counted.count(), "le", "+Inf");
        line("_sum", counted.sum());
        line("_count", counted.count());
    }

    /// Begins a family of counts with sums.
    Exposition summary(String newName, String help) {
        return begin(newName, "summary", help);
    }

    Exposition countAndSum(long count, double sum, String... labels) {
        line("_count", count, labels);
        line("_sum", sum, labels);
        return this;
    }

    /// Writes a sample.
    ///
    /// @param labels names and values, alternating
    Exposition sample(double value, String... labels) {
        line("", value, labels);
        return this;
    }

    /// Ends the text and returns it.
    String end() {
        flush(LINES_MAX - LAST_LINES);
        gauge("ollama_queue_metrics_left_out", "Families of metrics that would have been more than " + LINES_MAX
                + " lines.").sample(leftOut);
        flush(LINES_MAX);
        return text.toString();
    }

    private Exposition begin(String newName, String type, String help) {
        flush(LINES_MAX - LAST_LINES);
        name = newName;
        family.append("# HELP ").append(name).append(' ').append(escaped(help, false)).append('\n');
        family.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        familyLines = 2;
        samples = 0;
        return this;
    }

    /// Adds the completed family to the text, if it has samples and there is room for it.
    private void flush(int most) {
        if (samples > 0 && lines + familyLines <= most) {
            text.append(family);
            lines += familyLines;
        } else if (samples > 0) {
            leftOut++;
        }
        family.setLength(0);
        samples = 0;
    }

    private void line(String suffix, double value, String... labels) {
        family.append(name).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            family.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"").append(escaped(labels[i + 1], true))
                    .append('"');
        }
        family.append(labels.length > 0 ? "} " : " ").append(number(value)).append('\n');
        familyLines++;
        samples++;
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value)
                : Double.toString(value).toLowerCase(Locale.ROOT);
    }

    private static String escaped(String text, boolean quoted) {
        String plain = text.replace("\\", "\\\\").replace("\n", "\\n");
        return quoted ? plain.replace("\"", "\\\"") : plain;
    }
}
