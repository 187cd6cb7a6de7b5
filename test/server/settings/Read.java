package server.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import server.AllSettings;
import shared.Problem;
import shared.config.ConfigFile;

/// Reads all settings of the server from a text, for tests.
final class Read {

    private Read() {
    }

    static AllSettings of(String yaml) {
        return of(yaml, Map.of());
    }

    /// @param yaml null: no file
    static AllSettings of(String yaml, Map<String, String> environment, String... words) {
        List<Problem> problems = new ArrayList<>();
        ConfigFile file = yaml == null ? null : new ConfigFile("c.yaml", yaml, environment::get,
                AllSettings.TABLE.names(), null);
        AllSettings all = AllSettings.check(new Loader(AllSettings.TABLE,
                CommandLine.parse(AllSettings.TABLE, List.of(words)), environment, file, problems), null, problems);
        if (!problems.isEmpty()) {
            throw Problem.all(problems);
        }
        return all;
    }
}
