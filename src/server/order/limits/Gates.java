package server.order.limits;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;

import server.queue.index.SortedSlots;

/// The pending tasks that start in a window only and whose own time has come: whether their window is open, and when
/// that changes. A window that the settings do not have any more stays shut.
///
/// Invariant: no gate is empty.
public final class Gates {

    private static final class Gate {
        final SortedSlots tasks = new SortedSlots();
        boolean open;
        /// When to look again; 0: at once.
        long until;
    }

    private final Map<String, Gate> gates = new HashMap<>();
    private Map<String, Window> windows;

    public Gates(Map<String, Window> windows) {
        this.windows = windows;
    }

    /// Sets other windows.
    public void reconfigure(Map<String, Window> newWindows) {
        windows = newWindows;
        recheck();
    }

    /// Looks at all windows again at the next [#pass], for the clock was set.
    public void recheck() {
        gates.values().forEach(gate -> gate.until = 0);
    }

    /// @return whether its window is known to be open; else it waits for [#pass]
    public boolean add(String window, long order, int slot) {
        Gate gate = gates.computeIfAbsent(window, absent -> new Gate());
        gate.tasks.add(order, slot);
        return gate.open;
    }

    /// Takes a task out, which must be there.
    ///
    /// @return whether its window is open
    public boolean remove(String window, long order, int slot) {
        Gate gate = gates.get(window);
        gate.tasks.remove(order, slot);
        if (gate.tasks.isEmpty()) {
            gates.remove(window);
        }
        return gate.open;
    }

    /// Tells of each window that is not open how many tasks wait for it.
    public void shut(BiConsumer<String, Integer> to) {
        gates.forEach((window, gate) -> {
            if (!gate.open) {
                to.accept(window, gate.tasks.size());
            }
        });
    }

    /// Opens and shuts what is to be open and shut now.
    ///
    /// @param opened takes the slot of each task whose window opened
    /// @param shut   takes the slot of each one whose window closed
    /// @return whether a window opened
    public boolean pass(long now, IntConsumer opened, IntConsumer shut) {
        boolean any = false;
        for (Map.Entry<String, Gate> entry : gates.entrySet()) {
            Gate gate = entry.getValue();
            if (gate.until > now) {
                continue;
            }
            Window window = windows.get(entry.getKey());
            boolean open = window != null && window.isOpen(now);
            gate.until = window == null ? Long.MAX_VALUE : window.next(now);
            if (open != gate.open) {
                gate.open = open;
                any |= open;
                gate.tasks.upTo(Long.MAX_VALUE).forEach(slot -> (open ? opened : shut).accept(slot));
            }
        }
        return any;
    }

    /// When [#pass] has something to do next; Long.MAX_VALUE if never.
    public long next() {
        long next = Long.MAX_VALUE;
        for (Gate gate : gates.values()) {
            next = Math.min(next, gate.until);
        }
        return next;
    }

    /// Returns how many tasks wait for windows that the settings do not have, by the windows' names.
    public Map<String, Integer> lost() {
        Map<String, Integer> lost = new HashMap<>();
        gates.forEach((name, gate) -> {
            if (!windows.containsKey(name)) {
                lost.put(name, gate.tasks.size());
            }
        });
        return lost;
    }
}
