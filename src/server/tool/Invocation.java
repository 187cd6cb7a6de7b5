package server.tool;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.settings.CommandLine;
import server.settings.Loader;
import shared.Problem;

/// One call of an offline command.
///
/// @param arguments   the words after the command's name
/// @param environment the environment variables
/// @param settings    reads the server's settings
record Invocation(List<String> arguments, Map<String, String> environment, SettingsReader settings,
        InstantSource clock, PrintStream out, PrintStream err) {

    static final String ENVIRONMENT = "--environment";

    private static final String NAME = "ollama-queue-server: ";

    /// Prints an error message.
    void complain(String message) {
        err.println(NAME + message);
    }

    /// Returns the same call without `--environment FILE`, and with the file's variables, which replace others of the
    /// same name, as for a systemd unit.
    ///
    /// @throws Problem if the file cannot be read, or a line is not a variable
    Invocation withEnvironment() {
        List<String> others = new ArrayList<>();
        Map<String, String> all = new HashMap<>(environment);
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.startsWith(ENVIRONMENT + "=")) {
                all.putAll(EnvironmentFile.read(word.substring(ENVIRONMENT.length() + 1)));
            } else if (!word.equals(ENVIRONMENT)) {
                others.add(word);
            } else if (++i < arguments.size()) {
                all.putAll(EnvironmentFile.read(arguments.get(i)));
            } else {
                throw Problem.badRequest(ENVIRONMENT + " needs a file");
            }
        }
        return others.size() == arguments.size() ? this : new Invocation(others, all, settings, clock, out, err);
    }

    Invocation with(List<String> others) {
        return new Invocation(others, environment, settings, clock, out, err);
    }

    /// Reads the settings as a server started with these arguments would.
    ///
    /// @throws Problem with every mistake
    Loader loaded() {
        return settings.load(CommandLine.parse(settings.table(), arguments), environment);
    }
}
