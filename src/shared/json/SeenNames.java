package shared.json;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// The names of the members read so far in each open object, to refuse duplicates.
final class SeenNames {

    /// With this many members, an object's names move to a set instead of being compared one by one.
    private static final int COMPARED_MAX = 16;

    /// By depth: where this object's names begin in [#names], and the set that replaces them if there are many.
    private int[] from = new int[8];
    private Set<?>[] many = new Set<?>[8];
    private String[] names = new String[16];
    private int count;

    /// Begins an object or array at a depth, which is at most one more than the last one.
    void open(int depth) {
        if (depth == from.length) {
            from = Arrays.copyOf(from, 2 * depth);
            many = Arrays.copyOf(many, 2 * depth);
        }
        from[depth] = count;
        many[depth] = null;
    }

    void close(int depth) {
        count = from[depth];
        many[depth] = null;
    }

    /// Forgets all objects.
    void clear() {
        count = 0;
    }

    /// Adds a name; returns false if the object at this depth already has it.
    boolean add(int depth, String name) {
        if (many[depth] != null) {
            return set(depth).add(name);
        }
        for (int i = from[depth]; i < count; i++) {
            if (names[i].equals(name)) {
                return false;
            }
        }
        if (count - from[depth] == COMPARED_MAX) {
            Set<String> all = new HashSet<>(Arrays.asList(names).subList(from[depth], count));
            all.add(name);
            many[depth] = all;
            return true;
        }
        if (count == names.length) {
            names = Arrays.copyOf(names, 2 * count);
        }
        names[count++] = name;
        return true;
    }

    @SuppressWarnings("unchecked")
    private Set<String> set(int depth) {
        return (Set<String>) many[depth];
    }
}
