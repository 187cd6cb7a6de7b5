package shared.config;

import java.util.List;
import java.util.Map;

/// A part of a YAML document, with the place where it begins; lines and columns count from 1.
public sealed interface Node {

    int line();

    int column();

    /// @param plain whether it stands without quotes and is no block
    record Text(int line, int column, String text, boolean plain) implements Node {

        /// Whether there is nothing: no value at all, `~` or `null`.
        public boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    record Items(int line, int column, List<Node> items) implements Node {
    }

    /// @param fields by name, in their order
    record Fields(int line, int column, Map<String, Field> fields) implements Node {
    }

    record Field(Text name, Node value) {
    }
}
