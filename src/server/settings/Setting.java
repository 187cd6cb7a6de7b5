package server.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A row of the table of settings.
///
/// @param key      its place in the file: `server.port`; with `[]` in it, a key of the maps in a list
/// @param fallback the value where nothing gives another; null: none
/// @param flag     with what its value stands for, as `--port N`; null: none
/// @param isLive    whether SIGHUP changes it; else a restart does
/// @param older    the older program's environment variable; null: none
/// @param does     what it does, in a few words that need no capital
record Setting(String key, Type type, String fallback, String flag, boolean isLive, String older, String does) {

    static Setting of(String key, Type type, String fallback, String does) {
        return new Setting(key, type, fallback, null, false, null, does);
    }

    Setting flag(String newFlag) {
        return new Setting(key, type, fallback, newFlag, isLive, older, does);
    }

    Setting live() {
        return new Setting(key, type, fallback, flag, true, older, does);
    }

    Setting older(String variable) {
        return new Setting(key, type, fallback, flag, isLive, variable, does);
    }

    /// Without what its value stands for: `--port`; null if there is none.
    String flagName() {
        return flag == null ? null : flag.split(" ")[0];
    }

    boolean inList() {
        return key.contains("[]");
    }

    /// The environment variables that set it, the strongest first.
    List<String> variables() {
        List<String> names = new ArrayList<>();
        if (!inList()) {
            if (key.equals("server.token")) {
                names.add("OLLAMA_QUEUE_TOKEN");
            }
            names.add("OLLAMA_QUEUE_" + key.toUpperCase(Locale.ROOT).replace('.', '_'));
        }
        if (older != null) {
            names.add(older);
        }
        return names;
    }
}
