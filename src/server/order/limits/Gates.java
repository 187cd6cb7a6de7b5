package server.order.limits;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntToLongFunction;
import java.util.function.ObjLongConsumer;

import server.queue.index.SortedSlots;

/// The pending tasks that may start only in a window and whose own time has come. It knows whether each window is open,
/// and when that changes. A window that is no longer in the settings stays closed.
///
/// A window opens and closes in steps, because millions of tasks may wait for it. Its tasks start only while it is
/// completely open: not before the last step of opening, and not after the first step of closing.
///
/// Invariant: no gate is empty.
public final class Gates {

    /// How many tasks a step lets through or takes back.
    public static final int STEP = 1_000;

    private static final class Gate {
        final SortedSlots tasks = new SortedSlots();
        boolean open;
        /// When to check the window again, milliseconds since the epoch; 0: at once.
        long until;
        /// The tasks up to this order have been let through.
        long through = Long.MIN_VALUE;

        boolean isMoving() {
            return through != (open ? Long.MAX_VALUE : Long.MIN_VALUE);
        }
    }

    private final Map<String, Gate> gates = new HashMap<>();
    private Map<String, Window> windows;

    public Gates(Map<String, Window> windows) {
        this.windows = windows;
    }

    /// Sets the windows that count from now on.
    public void reconfigure(Map<String, Window> newWindows) {
        windows = newWindows;
        recheck();
    }

    /// Checks all windows again at the next [#pass], because the clock was set.
    public void recheck() {
        gates.values().forEach(gate -> gate.until = 0);
    }

    /// Returns whether tasks of a window may start.
    public boolean isOpen(String window) {
        Gate gate = gates.get(window);
        return gate != null && gate.open && !gate.isMoving();
    }

    /// Adds a task that waits for a window.
    ///
    /// @return whether it is let through at once; otherwise it waits for [#pass]
    public boolean add(String window, long order, int slot) {
        Gate gate = gates.computeIfAbsent(window, absent -> new Gate());
        gate.tasks.add(order, slot);
        return order <= gate.through;
    }

    /// Removes a task, which must be present.
    ///
    /// @return whether it had been let through
    public boolean remove(String window, long order, int slot) {
        Gate gate = gates.get(window);
        gate.tasks.remove(order, slot);
        if (gate.tasks.isEmpty()) {
            gates.remove(window);
        }
        return order <= gate.through;
    }

    /// Passes on each window that is not open, with the number of tasks that wait for it.
    public void shut(BiConsumer<String, Integer> to) {
        gates.forEach((window, gate) -> {
            if (!gate.open) {
                to.accept(window, gate.tasks.size());
            }
        });
    }

    /// Passes on, for each closed window that will open, the slots of its first tasks and the time when it opens.
    ///
    /// @param most how many tasks of each window at most
    public void opening(int most, long now, ObjLongConsumer<List<Integer>> to) {
        gates.forEach((name, gate) -> {
            Window window = windows.get(name);
            // a gate whose first task has just come has not been checked yet
            long at = gate.until > now ? gate.until : window == null ? Long.MAX_VALUE
                    : window.isOpen(now) ? now : window.next(now);
            if (!gate.open && at < Long.MAX_VALUE) {
                to.accept(gate.tasks.first(most), at);
            }
        });
    }

    /// Returns how many tasks of a window have a smaller order.
    public int countBefore(String window, long order) {
        Gate gate = gates.get(window);
        return gate == null ? 0 : gate.tasks.countBefore(order);
    }

    /// Opens and closes windows as they should be now, or continues to.
    ///
    /// @param opened receives the slot of each task that is let through; returns its order
    /// @param shut   receives the slot of each task that is taken back; returns its order
    /// @return whether a window is completely open as a result
    public boolean pass(long now, IntToLongFunction opened, IntToLongFunction shut) {
        boolean any = false;
        for (Map.Entry<String, Gate> entry : gates.entrySet()) {
            Gate gate = entry.getValue();
            if (gate.until <= now) {
                Window window = windows.get(entry.getKey());
                gate.open = window != null && window.isOpen(now);
                gate.until = window == null ? Long.MAX_VALUE : window.next(now);
            }
            if (gate.isMoving()) {
                any |= move(gate, opened, shut);
            }
        }
        return any;
    }

    /// @return whether it is completely open now
    private static boolean move(Gate gate, IntToLongFunction opened, IntToLongFunction shut) {
        List<Integer> slots = gate.open ? gate.tasks.after(gate.through, STEP)
                : gate.tasks.before(gate.through, STEP);
        for (int slot : slots) {
            gate.through = gate.open ? opened.applyAsLong(slot) : shut.applyAsLong(slot) - 1;
        }
        if (slots.size() < STEP) {
            gate.through = gate.open ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        return gate.open && !gate.isMoving();
    }

    /// Returns when [#pass] next has something to do, in milliseconds since the epoch; 0 if it has not finished,
    /// Long.MAX_VALUE if never.
    public long next() {
        long next = Long.MAX_VALUE;
        for (Gate gate : gates.values()) {
            next = Math.min(next, gate.isMoving() ? 0 : gate.until);
        }
        return next;
    }

    /// Returns how many tasks wait for windows that are not in the settings, by the window's name.
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
