package server.order.limits;

import java.util.List;
import java.util.Map;

import server.settings.SettingsOf;
import server.settings.Table;

/// Limits from a file's text, for tests.
public final class LimitsOf {

    private static final Table TABLE = new Table(List.of(OrderLimits.SETTINGS), Map.of());

    private LimitsOf() {
    }

    public static OrderLimits yaml(String text) {
        return OrderLimits.of(SettingsOf.yaml(TABLE, text));
    }
}
