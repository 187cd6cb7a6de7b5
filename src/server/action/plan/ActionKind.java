package server.action.plan;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What an action does to each of its tasks.
public enum ActionKind {
    CANCEL, RETRY, PRIORITY, DELETE;

    /// The names of all.
    public static final List<String> NAMES = Stream.of(values()).map(kind -> kind.text).toList();

    public final String text = name().toLowerCase(Locale.ROOT);

    /// Reads a name that [#NAMES] has.
    public static ActionKind parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
