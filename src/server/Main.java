package server;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.TimeZone;

import server.http.WebServer;
import server.log.Log;
import server.settings.CommandLine;
import server.tool.Help;
import server.tool.OfflineCommands;
import shared.LogValue;
import shared.Problem;
import shared.Version;
import shared.Zones;

/// The program: what it prints and how it ends. Exit status 0 after a normal stop, 1 if it cannot start or continue, 2
/// for wrong usage or settings.
final class Main {

    private static final String NAME = "ollama-queue-server: ";

    private Main() {
    }

    public static void main(String[] words) throws InterruptedException {
        System.exit(run(Arrays.asList(words), System.out, System.err));
    }

    private static int run(List<String> words, PrintStream out, PrintStream err) throws InterruptedException {
        if (!words.isEmpty() && !words.getFirst().startsWith("-")) {
            return OfflineCommands.run(words, AllSettings.READER, System.getenv(), InstantSource.system(), out, err);
        }
        if (words.contains("--help") || words.contains("-h")) {
            out.print(Help.usage(AllSettings.TABLE));
            return 0;
        }
        if (words.contains("--version")) {
            out.println("ollama-queue-server " + Version.TEXT);
            return 0;
        }
        CommandLine line;
        try {
            line = CommandLine.parse(AllSettings.TABLE, words);
        } catch (Problem wrong) {
            err.println(NAME + wrong.getMessage());
            err.println(NAME + "--help shows the options");
            return 2;
        }
        // in parallel with reading the settings and the journal
        Thread.ofPlatform().name("warm-up").daemon().start(WebServer::warmUp);
        try {
            TimeZone.setDefault(TimeZone.getTimeZone(Zones.local(System.getenv("TZ"))));
            AllSettings all = AllSettings.load(line, System.getenv(), null);
            Log.ofProcess().configure(all.settings());
            return serve(line, all, out, err);
        } catch (Problem wrong) {
            wrong.each().forEach(problem -> err.println(NAME + problem.getMessage()));
            return 2;
        } catch (IOException unwritable) {
            err.println(NAME + "cannot write log_file: " + unwritable);
            return 2;
        }
    }

    private static int serve(CommandLine line, AllSettings all, PrintStream out, PrintStream err)
            throws InterruptedException {
        Logger log = System.getLogger("server");
        all.loaded().notes().forEach(note -> log.log(Level.WARNING, "event=setting_without_effect what="
                + LogValue.of(note)));
        Reload reload = new Reload(line, all);
        // from here on, because by default SIGHUP ends the process
        Signals.onHangup(reload::run);
        Server server;
        try {
            server = Server.start(all, reload::loaded);
        } catch (StartFailure failure) {
            err.println(NAME + failure.getMessage());
            return 1;
        }
        reload.begin(server);
        Signals stops = Signals.catchThem();
        out.println("listening on " + server.url());
        out.flush();
        Supervisor supervisor = Supervisor.ready(System.getenv(), server::answers);
        boolean wanted = server.awaitEnd(stops);
        log.log(Level.INFO, "event=stopping");
        supervisor.stopping();
        server.close();
        supervisor.awaitTold();
        log.log(Level.INFO, "event=stopped");
        if (!wanted) {
            err.println(NAME + server.failure()
                    + "; everything acknowledged is safe. Check the disk, then start again");
        }
        return wanted ? 0 : 1;
    }
}
