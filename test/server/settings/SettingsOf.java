package server.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.Problem;
import shared.config.ConfigFile;

/// Settings of one room from a file's text, for the tests of that room.
public final class SettingsOf {

    private SettingsOf() {
    }

    public static Settings yaml(Table table, String text) {
        List<Problem> problems = new ArrayList<>();
        ConfigFile file = new ConfigFile("c.yaml", text, name -> null, table.names(), null);
        Settings settings = new Loader(table, CommandLine.parse(table, List.of()), Map.of(), file, problems).settings();
        assertEquals(List.of(), problems);
        return settings;
    }
}
