package server.action.plan;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What an action does to each of its tasks.
public enum ActionKind {
    CANCEL, RETRY, PRIORITY, DELETE;

    /// The names of all kinds.
    public static final List<String> NAMES = Stream.of(values()).map(kind -> kind.text).toList();

    public final String text = name().toLowerCase(Locale.ROOT);

    /// Returns the kind of a name, which must be one of [#NAMES].
    public static ActionKind parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
