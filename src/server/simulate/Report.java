package server.simulate;

import java.io.PrintStream;
import java.util.Locale;

/// Prints figures for people.
public final class Report {

    private Report() {
    }

    /// Prints the figures of a run.
    public static void print(PrintStream out, Figures figures) {
        out.println("  total time " + seconds(figures.total()) + ", " + figures.loads() + " loads");
        figures.neverRan().forEach((why, tasks) -> out.println("  " + tasks + (tasks == 1 ? " task" : " tasks")
                + " did not run: " + why));
        figures.hosts().forEach((host, busy) -> out.println("  host " + host + ": busy " + share(busy.busy(), figures)
                + ", loading " + share(busy.loading(), figures) + ", " + busy.loads() + " loads"));
        out.println(row("wait", "tasks", "p50", "p95", "longest"));
        print(out, "all", figures.all());
        figures.byPriority().forEach((priority, waits) -> print(out, "priority " + priority, waits));
        figures.byClient().forEach((client, waits) -> print(out,
                client.equals(Figures.NOBODY) ? "no client" : "client " + client, waits));
    }

    private static void print(PrintStream out, String name, Figures.WaitTimes waits) {
        out.println(row(name, String.valueOf(waits.tasks()), seconds(waits.p50()), seconds(waits.p95()),
                seconds(waits.longest())));
    }

    private static String row(String name, String tasks, String p50, String p95, String longest) {
        return String.format(Locale.ROOT, "  %-24s %8s %10s %10s %10s", name, tasks, p50, p95, longest);
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, millis < 10_000 ? "%.2f s" : "%.1f s", millis / 1e3);
    }

    private static String share(long part, Figures figures) {
        return Math.round(100.0 * part / Math.max(1, figures.total())) + " %";
    }
}
