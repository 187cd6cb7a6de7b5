package server;

import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;

import server.journal.JournalCommand;
import server.queue.CompactCommand;
import shared.Problem;
import shared.Version;

/// The program: what it prints and how it ends. Exit status 0 after an orderly stop, 1 when it cannot start or go on,
/// 2 for wrong usage.
final class Main {

    private static final String NAME = "ollama-queue-server: ";

    private Main() {
    }

    public static void main(String[] words) throws InterruptedException {
        System.exit(run(Arrays.asList(words), System.out, System.err));
    }

    private static int run(List<String> words, PrintStream out, PrintStream err) throws InterruptedException {
        if (words.size() > 1 && words.getFirst().equals("journal") && words.get(1).equals("compact")) {
            return CompactCommand.run(words.subList(2, words.size()), out, err);
        }
        if (!words.isEmpty() && words.getFirst().equals("journal")) {
            return JournalCommand.run(words.subList(1, words.size()), out, err);
        }
        if (words.contains("--help") || words.contains("-h")) {
            out.print(Arguments.USAGE);
            return 0;
        }
        if (words.contains("--version")) {
            out.println("ollama-queue-server " + Version.TEXT);
            return 0;
        }
        try {
            return serve(Arguments.parse(words, System.getenv()), out, err);
        } catch (Problem wrong) {
            err.println(NAME + wrong.getMessage());
            err.println(NAME + "--help shows the options");
            return 2;
        }
    }

    private static int serve(Arguments arguments, PrintStream out, PrintStream err) throws InterruptedException {
        logging(arguments.verbose());
        Server server;
        try {
            server = Server.start(arguments);
        } catch (StartFailure failure) {
            err.println(NAME + failure.getMessage());
            return 1;
        }
        Signals stops = Signals.catchThem();
        out.println("listening on " + server.url());
        out.flush();
        boolean wanted = server.awaitEnd(stops);
        System.getLogger("server").log(Level.INFO, "event=stopping");
        server.close();
        System.getLogger("server").log(Level.INFO, "event=stopped");
        if (!wanted) {
            err.println(NAME + server.failure()
                    + "; what was acknowledged is safe. Look at the disk, then start again");
        }
        return wanted ? 0 : 1;
    }

    /// One line an event, to stderr. What a user has set stays. The second pair of names is for an image that holds
    /// `java.logging`, the first for one that does not.
    private static void logging(boolean verbose) {
        String format = "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s %5$s%6$s%n";
        property("jdk.system.logger.format", format);
        property("jdk.system.logger.level", verbose ? "DEBUG" : "INFO");
        property("java.util.logging.SimpleFormatter.format", format);
    }

    private static void property(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
