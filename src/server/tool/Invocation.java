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
/// @param arguments   what follows the command's name
/// @param environment the variables that it may use
/// @param settings    reads the server's settings
record Invocation(List<String> arguments, Map<String, String> environment, SettingsReader settings,
        InstantSource clock, PrintStream out, PrintStream err) {

    static final String ENVIRONMENT = "--environment";

    private static final String NAME = "ollama-queue-server: ";

    /// Prints an error message.
    void complain(String message) {
        err.println(NAME + message);
    }

    /// Takes `--environment FILE` out of the arguments and adds the file's variables, which replace others of the same
    /// name, as they do for a systemd unit.
    ///
    /// @throws Problem if the file cannot be read or has a line that is no variable
    Invocation withEnvironment() {
        int at = arguments.indexOf(ENVIRONMENT);
        if (at < 0) {
            return this;
        }
        if (at + 1 == arguments.size()) {
            throw Problem.badRequest(ENVIRONMENT + " needs a file");
        }
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(EnvironmentFile.read(arguments.get(at + 1)));
        List<String> others = new ArrayList<>(arguments);
        others.subList(at, at + 2).clear();
        return new Invocation(others, all, settings, clock, out, err);
    }

    Invocation with(List<String> others) {
        return new Invocation(others, environment, settings, clock, out, err);
    }

    /// Reads the settings as a server that is started with the arguments would.
    ///
    /// @throws Problem with every mistake
    Loader loaded() {
        return settings.load(CommandLine.parse(settings.table(), arguments), environment);
    }
}
