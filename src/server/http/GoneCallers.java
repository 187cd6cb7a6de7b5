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

/// Finds callers that have left while their requests are worked on, without writing to them: `jdk.httpserver` does not
/// tell. A program that has closed its sending side alone counts as one that has left. On
/// Linux the connection of one stands as CLOSE_WAIT in the kernel's table, or not at all. Elsewhere nobody is found.
///
/// The kernel may leave out a row while connections come and go, and the table may be another network's: so one counts
/// as gone only if it is missing twice in a table that has the server's own listener.
///
/// **Threads.** One looks, at its interval, and exists only while calls wait; others may look beside it.
public final class GoneCallers implements AutoCloseable {

    private static final Logger LOG = System.getLogger("server.http");

    /// A caller that is watched until this is closed.
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

    /// @param folder   where the kernel's tables are, `/proc/net`; nobody is watched if they are not there
    /// @param interval between two looks
    public GoneCallers(Path folder, Duration interval) {
        this.tables = Stream.of("tcp", "tcp6").map(folder::resolve).filter(Files::isReadable).toList();
        rounds = new Rounds("gone-callers", interval, this::look, () -> !waiting.isEmpty());
    }

    /// Watches a caller.
    ///
    /// @param local  this end of its connection
    /// @param remote its end
    /// @param gone   called once if it has left, on the watching thread: it must not wait
    /// @return to be closed once the call does not wait any more
    public Watch watch(InetSocketAddress local, InetSocketAddress remote, Runnable gone) {
        Watch watch = new Watch(Peer.of(local, remote), gone);
        if (!tables.isEmpty()) {
            waiting.put(watch.peer, watch);
            rounds.begin();
        }
        return watch;
    }

    /// Looks now, beside the interval.
    public void look() {
        // those that come during the look may not be in what was read before
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

    /// Those of some peers that are gone, as it seems.
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

    /// Watches nobody any more.
    @Override
    public void close() {
        waiting.clear();
    }
}
