package server.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import server.settings.Value.Source;
import shared.Problem;
import shared.TextPlace;

/// The values of all settings, or of the settings of one map in a list.
public final class Settings {

    /// All settings at their defaults.
    public static final Settings DEFAULT = new Settings(Map.of(), Map.of(), null, null);

    /// By key.
    private final Map<String, Value> values;
    /// By the key of the list: the maps in it that have an effect.
    private final Map<String, List<Settings>> lists;
    /// The name of one of several maps by name, else null.
    private final String name;
    private final TextPlace place;

    /// @param name  the name of one of several maps by name; null otherwise, as is its place
    Settings(Map<String, Value> values, Map<String, List<Settings>> lists, String name, TextPlace place) {
        this.values = values;
        this.lists = lists;
        this.name = name;
        this.place = place;
    }

    /// Returns these settings with another value of one of them.
    public <T> Settings with(Setting<T> setting, T value) {
        Map<String, Value> changed = new LinkedHashMap<>(values);
        changed.put(setting.key(), new Value(setting, value, List.of(), setting.key(), null, "program", Source.FLAG));
        return new Settings(changed, lists, name, place);
    }

    /// Returns these settings, completed by others: what is not given here is taken from there. A list is taken as a
    /// whole.
    public Settings over(Settings others) {
        Map<String, Value> merged = new LinkedHashMap<>(others.values);
        values.forEach((key, value) -> {
            if (value.source() != Source.DEFAULT) {
                merged.put(key, value);
            }
        });
        Map<String, List<Settings>> all = new LinkedHashMap<>(others.lists);
        lists.forEach((list, maps) -> {
            if (!maps.isEmpty()) {
                all.put(list, maps);
            }
        });
        return new Settings(merged, all, name, place);
    }

    /// Returns the name of the map by name that these settings belong to; null for other settings.
    public String name() {
        return name;
    }

    /// Makes a problem about the name of these settings.
    ///
    /// @param reason follows the name, such as ` must be shorter`
    public Problem wrongName(String reason) {
        return Problem.badRequest(name + reason).at(place);
    }

    /// Returns a setting's value; null if it has none.
    public <T> T get(Setting<T> setting) {
        Value value = values.get(setting.key());
        // the setting itself read the value
        @SuppressWarnings("unchecked")
        T read = (T) (value == null ? setting.usual() : value.read());
        return read;
    }

    /// Returns the maps in a list, or the maps by name.
    ///
    /// @param setting any setting of these maps
    public List<Settings> list(Setting<?> setting) {
        return lists.getOrDefault(setting.list(), List.of());
    }

    /// Makes a problem about a setting's value, which names where the value was given.
    ///
    /// @param reason follows the setting's name, such as ` must be longer`
    public Problem wrong(Setting<?> setting, String reason) {
        return wrong(setting, 0, reason);
    }

    /// Makes the same problem about one of several texts.
    public Problem wrong(Setting<?> setting, int index, String reason) {
        Value value = values.get(setting.key());
        return value == null ? Problem.badRequest(setting.key() + reason) : value.wrong(index, reason);
    }

    /// Returns whether a value was given, so that it is not the default.
    public boolean isGiven(Setting<?> setting) {
        Value value = values.get(setting.key());
        return value != null && value.source() != Source.DEFAULT;
    }

    /// Returns a setting's key, value and source, such as `retry.max_delay, 30s (default)`.
    public String told(Setting<?> setting) {
        Value value = values.get(setting.key());
        return setting.key() + ", " + (value == null ? setting.fallback() + " (default)"
                : value.shown() + " (" + value.origin() + ")");
    }

    /// Returns the keys whose values differ from those before.
    ///
    /// @param live whether to return the keys that a reload applies, or those that need a restart
    public List<String> changed(Settings before, boolean live) {
        List<String> changed = new ArrayList<>();
        for (Value value : values.values()) {
            String key = value.setting().key();
            Value old = before.values.get(key);
            if (value.setting().isLive() == live && !key.startsWith("client.")
                    && !(old != null && Objects.equals(value.read(), old.read()))) {
                changed.add(key);
            }
        }
        lists.forEach((list, maps) -> {
            List<Settings> old = before.lists.getOrDefault(list, List.of());
            if (isLive(maps, old) == live && !read(maps).equals(read(old))) {
                changed.add(list);
            }
        });
        return changed;
    }

    /// Returns whether a reload applies the maps of a list.
    private static boolean isLive(List<Settings> maps, List<Settings> before) {
        List<Settings> any = maps.isEmpty() ? before : maps;
        return !any.isEmpty() && any.getFirst().values.values().stream()
                .allMatch(value -> value.setting().isLive());
    }

    private static List<List<Object>> read(List<Settings> maps) {
        List<List<Object>> read = new ArrayList<>();
        for (Settings map : maps) {
            List<Object> one = new ArrayList<>();
            one.add(map.name);
            map.values.values().forEach(value -> one.add(value.read()));
            read.add(one);
        }
        return read;
    }
}
