package server.tool;

import java.util.Map;
import java.util.function.BiFunction;

import server.settings.CommandLine;
import server.settings.Loader;
import server.settings.Table;

/// Reads the server's settings, for commands.
///
/// @param table  all settings
/// @param loader reads and checks them for a command line and environment variables; throws a [shared.Problem] with
///               every mistake
public record SettingsReader(Table table, BiFunction<CommandLine, Map<String, String>, Loader> loader) {

    Loader load(CommandLine line, Map<String, String> environment) {
        return loader.apply(line, environment);
    }
}
