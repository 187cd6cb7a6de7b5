package server.http;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import server.clock.Rounds;
import server.http.TcpTable.Peer;
import shared.LogValue;

/// Detects callers that have left while their requests are being processed, without writing to them, because
/// `jdk.httpserver` does not report it. A caller that has closed only its sending side counts as gone. On Linux, the
/// connection of such a caller is in the state CLOSE_WAIT in the kernel's table, or missing from it. On other systems
/// nothing is detected.
///
/// The kernel may omit a row while connections open and close, and the table may belong to another network namespace.
/// So a caller counts as gone only if it is missing twice, in a table that contains the server's own listener.
///
/// **Threads.** One checks at an interval, and exists only while calls wait; other threads may check in addition.
public final class GoneCallers implements AutoCloseable {

    private static final Logger LOG = System.getLogger("server.http");

    /// A caller that is watched until this object is closed.
    public final class Watch implements AutoCloseable {

        private final Peer peer;
        private final Runnable gone;

        private Watch(Peer peer, Runnable gone) {
            this.peer = peer;
            this.gone = gone;
        }

        @Override
        public void close() {
            waiting.remove(peer, this);
        }
    }

    private final List<Path> tables;
    private final Map<Peer, Watch> waiting = new ConcurrentHashMap<>();
    private final Rounds rounds;

    /// @param folder   of the kernel's tables, `/proc/net`; if they cannot be read, nobody is watched
    /// @param interval between two checks
    public GoneCallers(Path folder, Duration interval) {
        this.tables = Stream.of("tcp", "tcp6").map(folder::resolve).filter(Files::isReadable).toList();
        rounds = new Rounds("gone-callers", interval, this::look, () -> !waiting.isEmpty());
    }

    /// Watches a caller.
    ///
    /// @param local  the server's end of the connection
    /// @param remote the caller's end
    /// @param gone   called at most once, when the caller has left, on the checking thread: it must not wait
    /// @return must be closed when the call no longer waits
    public Watch watch(InetSocketAddress local, InetSocketAddress remote, Runnable gone) {
        Watch watch = new Watch(Peer.of(local, remote), gone);
        if (!tables.isEmpty()) {
            waiting.put(watch.peer, watch);
            rounds.begin();
        }
        return watch;
    }

    /// Checks all watched callers now, in addition to the interval.
    public void look() {
        // callers that arrive during the check may not be in a table that was read before
        Map<Peer, Watch> asked = Map.copyOf(waiting);
        try {
            Set<Peer> gone = gone(asked.keySet());
            if (!gone.isEmpty()) {
                gone.retainAll(gone(gone));
            }
            gone.forEach(peer -> tell(asked.get(peer)));
        } catch (IOException unreadable) {
            LOG.log(Level.DEBUG, () -> "event=callers_unseen reason=" + LogValue.of(unreadable));
        }
    }

    /// Returns the peers that seem to be gone according to the tables.
    private Set<Peer> gone(Set<Peer> asked) throws IOException {
        Set<Peer> gone = new HashSet<>(asked);
        Set<Integer> ports = new HashSet<>();
        for (Path table : tables) {
            TcpTable.read(Files.readAllBytes(table), (peer, state) -> {
                if (state == TcpTable.LISTENS) {
                    ports.add(peer.localPort());
                } else if (state != TcpTable.CLOSE_WAIT) {
                    gone.remove(peer);
                }
            });
        }
        gone.removeIf(peer -> !ports.contains(peer.localPort()));
        return gone;
    }

    private void tell(Watch watch) {
        if (waiting.remove(watch.peer, watch)) {
            try {
                watch.gone.run();
            } catch (RuntimeException fault) {
                LOG.log(Level.ERROR, "event=internal_error in=gone_callers", fault);
            }
        }
    }

    /// Stops watching.
    @Override
    public void close() {
        waiting.clear();
    }
}
