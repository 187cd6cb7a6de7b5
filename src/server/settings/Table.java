package server.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All settings of a program, section by section: the options, messages, help and reference are made from it.
public final class Table {

    private final Map<String, Setting<?>> byKey = new LinkedHashMap<>();
    private final Map<String, String> obsolete;

    /// @param rooms    each room's settings, in the order in which sections are shown
    /// @param obsolete names of the older program that have no effect here, with the reason
    public Table(List<List<Setting<?>>> rooms, Map<String, String> obsolete) {
        Map<String, List<Setting<?>>> sections = new LinkedHashMap<>();
        rooms.forEach(room -> room.forEach(setting -> sections.computeIfAbsent(
                setting.section(), section -> new ArrayList<>()).add(setting)));
        sections.values().forEach(section -> section.forEach(setting -> {
            if (byKey.put(setting.key(), setting) != null) {
                throw new IllegalArgumentException("two settings have the key " + setting.key());
            }
        }));
        this.obsolete = obsolete;
    }

    /// Returns every setting; those of a section are adjacent.
    public Collection<Setting<?>> all() {
        return byKey.values();
    }

    /// Returns a setting by its key; null if there is none.
    Setting<?> get(String key) {
        return byKey.get(key);
    }

    /// Returns the settings of the maps in a list; for null, the settings outside lists.
    List<Setting<?>> of(String list) {
        return all().stream().filter(list == null ? setting -> setting.list() == null
                : setting -> list.equals(setting.list())).toList();
    }

    /// Returns the names without effect, each with the reason.
    Map<String, String> obsolete() {
        return obsolete;
    }

    /// Returns every name that a file may contain, with today's key.
    Map<String, String> names() {
        Map<String, String> names = new HashMap<>(Map.of("listen_addr", "listen_addr"));
        obsolete.keySet().forEach(name -> names.put(name, name));
        for (Setting<?> setting : all()) {
            names.put(setting.key(), setting.key());
            setting.names().forEach(name -> names.put(name, setting.key()));
        }
        names.keySet().removeIf(Setting::isVariable);
        return names;
    }
}
