package server.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import server.AllSettings;
import server.order.limits.ClientLimits;
import server.order.limits.OrderLimits;
import shared.Problem;

/// Settings of clients, models and windows, which have names.
class OrderSettingsTest {

    private static final String YAML = """
            clients:
              default: {max_pending: 100}
              nightly.job: {weight: 1.5, priority_max: low, window: night}
              me@home: {weight: 2.5, max_running: 3}
            models:
              qwen3:8b: {max_running: 1}
              "library/big:latest":
                max_running: 0
            windows: {night: "22:00-06:00 Europe/Berlin"}
            """;

    private static OrderLimits limits(String yaml) {
        return OrderLimits.of(Read.of(yaml).loaded().settings());
    }

    private static List<String> problems(String yaml) {
        return assertThrows(Problem.class, () -> Read.of(yaml)).each().stream().map(Problem::getMessage).toList();
    }

    @Test
    void limits_areReadByName_default_isOfAllOthers() {
        OrderLimits limits = limits(YAML);
        int none = Integer.MAX_VALUE;
        assertEquals(new ClientLimits(1, none, 100, none, none, null), limits.client("anybody"));
        assertEquals(limits.client("anybody"), limits.client(null));
        assertEquals(new ClientLimits(1.5, none, none, 1, none, "night"), limits.client("nightly.job"));
        assertEquals(new ClientLimits(2.5, 3, none, none, none, null), limits.client("me@home"));
        assertEquals(1, limits.modelMax("qwen3:8b"));
        assertEquals(0, limits.modelMax("library/big"));
        assertEquals(0, limits.modelMax("library/big:latest"));
        assertEquals(none, limits.modelMax("qwen3"));
        assertEquals(Set.of("night"), limits.windows().keySet());
        assertEquals(none, OrderLimits.NONE.client("me@home").maxRunning());
    }

    @Test
    void show_hasEachByItsName() {
        AllSettings all = Read.of(YAML);
        assertEquals("2.5", all.loaded().all().get("clients.me@home.weight").shown());
        assertEquals("c.yaml, line 4", all.loaded().all().get("clients.me@home.weight").origin());
        assertEquals("1", all.loaded().all().get("models.qwen3:8b.max_running").shown());
        assertEquals("night: 22:00-06:00 Europe/Berlin", all.loaded().all().get("windows").shown());
    }

    @Test
    void mistakes_areToldWithTheirPlace() {
        assertEquals(List.of("c.yaml, line 1, column 21: unknown key clients.NAME.wieght; did you mean "
                + "clients.NAME.weight?"), problems("clients: {default: {wieght: 2}}\n"));
        assertEquals(List.of("c.yaml, line 1, column 11: a b: the name of a client must be 1 to 64 of A-Z a-z 0-9 . _ "
                + "@ -"), problems("clients: {'a b': {weight: 2}}\n"));
        assertEquals(List.of("c.yaml, line 1, column 23: clients.a.window: no window is named \"nigth\"; did you mean "
                + "night?; there are night"), problems("clients: {a: {window: nigth}}\n"
                + "windows: {night: '22:00-06:00'}\n"));
        assertEquals(List.of("c.yaml, line 1, column 10: clients must hold names, each with its keys indented below "
                + "it"), problems("clients: [{name: a}]\n"));
        assertEquals(List.of("c.yaml, line 1, column 14: clients.a must hold keys, indented below it"),
                problems("clients: {a: 3}\n"));
        assertEquals(List.of("c.yaml, line 2, column 3: m:latest is given twice; :latest is the same model"),
                problems("models: {m: {max_running: 1},\n  'm:latest': {max_running: 2}}\n"));
    }

    @Test
    void windows_mistakes_areTold() {
        String said = String.join("", problems("windows: {night: '22-06'}\n"));
        assertTrue(said.startsWith("c.yaml, line 1, column 18: windows: night must be a time of the day"), said);
        said = String.join("", problems("windows: {'a b': '22:00-06:00'}\n"));
        assertTrue(said.contains("the name of a window must be"), said);
        said = String.join("", problems("windows: night\n"));
        assertTrue(said.contains("windows must be a map from names to times of the day"), said);
    }

    @Test
    void changed_namesWhatAReloadApplies() {
        Settings before = Read.of(YAML).loaded().settings();
        Settings after = Read.of(YAML.replace("max_running: 3", "max_running: 4").replace("22:00", "23:00"))
                .loaded().settings();
        assertEquals(List.of("windows", "clients"), after.changed(before, true));
        assertEquals(List.of(), after.changed(before, false));
        Settings renamed = Read.of(YAML.replace("me@home", "me")).loaded().settings();
        assertEquals(List.of("clients"), renamed.changed(before, true));
        assertEquals(List.of("clients", "models", "windows"),
                Read.of("").loaded().settings().changed(before, true).stream().sorted().toList());
    }
}
