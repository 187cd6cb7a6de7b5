package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import shared.json.JsonWriter;

/// The rows as they are measured, on the terminal and in a file.
final class Table {

    private static final String FORM = "%-46s %10s %10s %10s %-7s %10s %7s  %-14s %s%n";

    private final List<JsonWriter> rows = new ArrayList<>();

    void head() {
        System.out.printf(Locale.ROOT, FORM, "subject", "min", "median", "max", "unit", "floor", "ratio", "goal",
                "met");
    }

    /// A figure with a goal of its own.
    void row(String subject, String unit, Figures figures, Goal goal) {
        add(subject, unit, figures, null, null, goal, goal.isMet(figures.median()));
    }

    /// A figure whose goal each run has to reach.
    void eachRow(String subject, String unit, Figures figures, Goal goal) {
        add(subject, unit, figures, null, null, goal, goal.isMet(figures.max()) && goal.isMet(figures.min()));
    }

    /// A figure that is compared with a floor; the ratio is the median of the runs' ratios.
    void row(String subject, String unit, Figures figures, Figures floor, Goal goal) {
        Figures ratio = figures.dividedBy(floor);
        add(subject, unit, figures, floor, ratio, goal, goal.isMet(ratio.median()));
    }

    private void add(String subject, String unit, Figures figures, Figures floor, Figures ratio, Goal goal,
            boolean met) {
        System.out.printf(Locale.ROOT, FORM, subject, number(figures.min()), number(figures.median()),
                number(figures.max()), unit, floor == null ? "" : number(floor.median()),
                ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio.median()), goal,
                goal.isNone() ? "" : met ? "yes" : "NO");
        JsonWriter json = new JsonWriter().beginObject();
        json.name("subject").string(subject).name("unit").string(unit).name("runs").number(figures.count());
        write(json, figures);
        if (floor != null) {
            write(json.name("floor").beginObject(), floor);
            write(json.endObject().name("ratio").beginObject(), ratio);
            json.endObject();
        }
        if (!goal.isNone()) {
            json.name("goal").string(goal.toString()).name("met").bool(met);
        }
        rows.add(json.endObject());
    }

    private static void write(JsonWriter json, Figures figures) {
        json.name("min").number(number(figures.min())).name("median").number(number(figures.median()))
                .name("max").number(number(figures.max()));
    }

    /// Four significant digits.
    private static String number(double value) {
        int decimals = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    void save(Path file, String machine, String commit, String command) throws IOException {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("machine").string(machine).name("commit").string(commit).name("command").string(command);
        json.name("rows").beginArray();
        for (JsonWriter row : rows) {
            json.raw(row.buffer(), 0, row.length());
        }
        Files.write(file, json.endArray().endObject().toBytes());
    }
}
