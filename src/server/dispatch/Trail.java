package server.dispatch;

import java.util.LinkedHashSet;
import java.util.Set;

/// Where a task has been in vain since it last got an answer; kept in memory while it waits for its next attempt.
///
/// @param without the hosts that said they do not have its model
/// @param last    the host whose failure sent it back last; another is preferred
record Trail(Set<String> without, String last) {

    static final Trail NONE = new Trail(Set.of(), null);

    Trail lacksModel(String host) {
        Set<String> more = new LinkedHashSet<>(without);
        more.add(host);
        return new Trail(more, host);
    }

    Trail failedOn(String host) {
        return new Trail(without, host);
    }
}
