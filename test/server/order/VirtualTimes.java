package server.order;

import java.util.Map;
import java.util.TreeMap;

/// How much of the hosts' time each client had, as an order counts it.
public final class VirtualTimes {

    private VirtualTimes() {
    }

    /// The present of each level, and the time and the attempts that run of each client in it.
    public static Map<String, String> of(ReadyOrder order) {
        Map<String, String> all = new TreeMap<>();
        order.levels.forEach((priority, level) -> {
            all.put("level " + priority, "present " + level.present());
            level.shares.forEach((client, share) -> all.put("level " + priority + ", " + client,
                    share.time + ", " + share.running + " run"));
        });
        return all;
    }
}
