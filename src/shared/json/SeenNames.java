package shared.json;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// The names of the members that were read of each open object, so that none comes twice.
final class SeenNames {

    /// From this many members on, an object's names are kept in a set instead of being compared one by one.
    private static final int COMPARED_MAX = 16;

    /// By depth: where this object's names begin in [#names]; and the set that replaces them when they are many.
    private int[] from = new int[8];
    private Set<?>[] many = new Set<?>[8];
    private String[] names = new String[16];
    private int count;

    /// Begins an object at a depth, which is at most one more than the last.
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

    /// Adds a name; false if the object at this depth has it already.
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
