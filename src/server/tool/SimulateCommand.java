package server.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import server.dispatch.SimulatedHosts;
import server.journal.disk.FileStorage;
import server.journal.disk.Storage;
import server.settings.Loader;
import server.settings.Settings;
import server.settings.Value;
import server.simulate.Recording;
import server.simulate.Report;
import server.simulate.Simulation;
import shared.Problem;

/// `simulate DIR [--policy FILE]... [option]...`: shows how long the recorded tasks would have waited under other
/// settings.
final class SimulateCommand {

    private static final String POLICY = "--policy";
    /// The settings that have an effect here.
    private static final Pattern DECIDING = Pattern.compile("(affinity|ageing|ollama|remote_scheduling)\\..*|windows.*"
            + "|queue\\.workers|clients\\..*\\.(weight|max_running)|models\\..*\\.max_running");

    private static final String POLICY_HAS = "affinity, ageing, clients.NAME.weight and max_running, "
            + "models.NAME.max_running, windows, queue.workers, ollama and remote_scheduling";

    private SimulateCommand() {
    }

    static int run(Invocation given) throws IOException {
        Invocation call = given.withEnvironment();
        Path named = Path.of(call.arguments().isEmpty() ? "" : call.arguments().getFirst());
        boolean backup = Files.isRegularFile(named);
        Storage storage = backup ? new FileStorage(named.toAbsolutePath().getParent())
                : JournalCommand.directory(call, "simulate");
        List<String> files = new ArrayList<>();
        Loader own = ConfigCommand.load(call.with(withoutPolicies(call.arguments(), files)));
        Map<String, Loader> policies = new LinkedHashMap<>();
        boolean right = own != null;
        for (String file : files) {
            // a policy consists of its file only, whatever the environment says
            Loader policy = ConfigCommand.load(new Invocation(List.of("--config", file), Map.of(), call.settings(),
                    call.clock(), call.out(), call.err()));
            right &= policy != null && decides(file, policy, call);
            policies.put(file, policy);
        }
        if (!right) {
            return 1;
        }
        Recording recording = Recording.read(storage, backup ? named.getFileName().toString() : null,
                problem -> call.err().println("problem: " + problem));
        if (recording.size() + recording.leftOut() == 0) {
            call.complain(named + ": no task is on record there; name the server's data directory, or a backup's file");
            return 1;
        }
        call.out().println(recording.size() + " tasks" + (recording.leftOut() == 0 ? "" : "; " + recording.leftOut()
                + " that never ran or have not ended are left out"));
        call.out().println("\nrecorded");
        Report.print(call.out(), recording.figures());
        simulate(call, recording, own.fileName() == null ? "settings: no file" : "settings: " + own.fileName(),
                own.settings(), List.of(own));
        policies.forEach((file, policy) -> simulate(call, recording, "policy: " + file,
                policy.settings().over(own.settings()), List.of(policy, own)));
        return 0;
    }

    /// Returns whether a policy has any setting with an effect here; prints a message if not.
    private static boolean decides(String file, Loader policy, Invocation call) {
        boolean any = given(policy).keySet().stream().anyMatch(SimulateCommand::decides);
        if (!any) {
            call.err().println(file + ": no setting in this policy has an effect here; those that have: " + POLICY_HAS);
        }
        return any;
    }

    private static boolean decides(String key) {
        return DECIDING.matcher(key).matches();
    }

    /// Returns the settings that do not have their default, by key.
    private static Map<String, Value> given(Loader from) {
        Map<String, Value> given = new LinkedHashMap<>();
        from.all().forEach((key, value) -> {
            if (value.shown() != null && !value.origin().equals("default")) {
                given.put(key, value);
            }
        });
        return given;
    }

    private static void simulate(Invocation call, Recording recording, String name, Settings settings,
            List<Loader> from) {
        SimulatedHosts hosts = SimulatedHosts.of(settings, recording.fits());
        call.out().println("\n" + name);
        taken(from).forEach((key, value) -> call.out().println("  " + key + ": " + value));
        String unused = given(from.getFirst()).keySet().stream().filter(key -> !decides(key)).sorted()
                .collect(Collectors.joining(", "));
        if (!unused.isEmpty()) {
            call.out().println("  not used here: " + unused);
        }
        call.out().println("  not recorded: the hosts' models; each host is assumed to have all of them");
        hosts.described().forEach(host -> call.out().println("  host " + host));
        Report.print(call.out(), Simulation.run(recording, settings, hosts));
    }

    /// Returns the settings that have an effect and do not have their default, by key, with their origins; if several
    /// loaders have one, that of the first.
    private static Map<String, String> taken(List<Loader> from) {
        Map<String, String> taken = new LinkedHashMap<>();
        for (Loader loader : from) {
            given(loader).forEach((key, value) -> {
                if (decides(key)) {
                    taken.putIfAbsent(key, value.shown() + " (" + value.origin() + ")");
                }
            });
        }
        return taken;
    }

    /// Returns the arguments after the directory, without `--policy`.
    ///
    /// @param files receives the files of `--policy`
    private static List<String> withoutPolicies(List<String> words, List<String> files) {
        List<String> others = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith(POLICY + "=")) {
                files.add(word.substring(POLICY.length() + 1));
            } else if (!word.equals(POLICY)) {
                others.add(word);
            } else if (++i < words.size()) {
                files.add(words.get(i));
            } else {
                throw Problem.badRequest(POLICY + " needs a file");
            }
        }
        return others;
    }
}
