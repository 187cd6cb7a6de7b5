package shared.config;

import java.util.List;
import java.util.Map;

import shared.TextPlace;

/// A part of a YAML document, with the place where it begins.
public sealed interface Node {

    /// Returns where it begins.
    TextPlace place();

    /// @param plain whether it is neither in quotes nor a block
    record Text(TextPlace place, String text, boolean plain) implements Node {

        /// Returns whether it stands for no value: an empty text, `~` or `null`.
        public boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    record Items(TextPlace place, List<Node> items) implements Node {
    }

    /// @param fields by name, in the order of the text
    record Fields(TextPlace place, Map<String, Field> fields) implements Node {
    }

    record Field(Text name, Node value) {
    }
}
