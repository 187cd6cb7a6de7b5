package shared.config;

import java.util.List;
import java.util.Map;

import shared.TextPlace;

/// A part of a YAML document, with the place where it begins.
public sealed interface Node {

    /// Returns where it stands.
    TextPlace place();

    /// @param plain whether it stands without quotes and is no block
    record Text(TextPlace place, String text, boolean plain) implements Node {

        /// Returns whether there is nothing: no value at all, `~` or `null`.
        public boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    record Items(TextPlace place, List<Node> items) implements Node {
    }

    /// @param fields by name, in their order
    record Fields(TextPlace place, Map<String, Field> fields) implements Node {
    }

    record Field(Text name, Node value) {
    }
}
