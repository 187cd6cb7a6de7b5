package server.dispatch;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import server.executor.HostFailure;
import server.executor.HostReport;
import server.executor.Outcome.Cause;
import shared.LogValue;

/// Asks each host how it is: as often as the settings say, one that is away more often, and one that has just failed a
/// task at once. A virtual thread for each host, so that a slow one delays no other.
final class HealthCheck implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dispatch");
    /// From one question to a host that is away to the next, until it is left alone for longer.
    private static final long AWAY_MS = 1_000;

    private final Hosts hosts;
    private volatile Duration interval;
    private final InstantSource clock;
    private final Map<Host, Thread> threads = new ConcurrentHashMap<>();
    /// Those to be asked again at once. To wake a thread is not enough: one that is asking just now, and so waits for
    /// its host, is woken in that wait and then knows nothing of it.
    private final Set<Host> wanted = ConcurrentHashMap.newKeySet();

    HealthCheck(Hosts hosts, Duration interval, InstantSource clock) {
        this.hosts = hosts;
        this.interval = interval;
        this.clock = clock;
    }

    void start() {
        for (Host host : hosts.all()) {
            Thread thread = Thread.ofVirtual().name("health-" + host.name()).unstarted(() -> loop(host));
            threads.put(host, thread);
            thread.start();
        }
    }

    /// From now on this often.
    void every(Duration newInterval) {
        interval = newInterval;
    }

    /// Asks a host now, for something was wrong with it.
    void askNow(Host host) {
        wanted.add(host);
        LockSupport.unpark(threads.get(host));
    }

    @Override
    public void close() {
        threads.values().forEach(Thread::interrupt);
    }

    private void loop(Host host) {
        while (!Thread.currentThread().isInterrupted()) {
            long pause = interval.toMillis();
            wanted.remove(host);
            try {
                IOException silent = ask(host, false);
                if (silent != null) {
                    long left = host.circuit.pauseEnd(clock.millis());
                    pause = left == 0 ? AWAY_MS : Math.clamp(left - clock.millis(), 1, Circuit.PAUSE_MAX_MS);
                    pause = Math.max(Math.min(pause, interval.toMillis()), retryAfterMs(silent));
                }
            } catch (InterruptedException stopped) {
                return;
            } catch (RuntimeException | Error bug) {
                LOG.log(Level.ERROR, "event=health_check_failed host=" + LogValue.of(host.name()), bug);
            }
            if (!wanted.contains(host)) {
                LockSupport.parkNanos(this, pause * 1_000_000);
            }
        }
    }

    /// Asks a host on the calling thread, without waiting for its turn.
    void ask(Host host) throws InterruptedException {
        ask(host, false);
    }

    /// Asks a host on the calling thread whether it still is what its kind says, after it refused a request as if it
    /// were not. One that is not is down from then on.
    boolean isItself(Host host) throws InterruptedException {
        return ask(host, true) == null;
    }

    /// @param doubted whether it counts, although the host has tasks, that it does not tell
    /// @return why it did not tell; null if it did
    private IOException ask(Host host, boolean doubted) throws InterruptedException {
        IOException silent = null;
        try {
            long askedAt = clock.millis();
            HostReport report = host.executor.report();
            if (report.installed() == null && host.lists()) {
                silent = new IOException(host.name() + " no longer lists its models");
            } else if (host.reported(report, askedAt, clock.millis())) {
                hosts.gained();
            }
        } catch (IOException failure) {
            silent = failure;
        }
        if (silent instanceof HostFailure failure && failure.outcome().cause() == Cause.OWN) {
            // it says nothing of the host
            return silent;
        }
        if (silent != null) {
            String why = silent.getMessage();
            LOG.log(Level.DEBUG, () -> "event=host_silent host=" + LogValue.of(host.name()) + " error="
                    + LogValue.of(why));
            Cause cause = silent instanceof HostFailure failure ? failure.outcome().cause() : Cause.PASSING;
            host.silent(why, cause, doubted, clock.millis());
        }
        hosts.changed();
        return silent;
    }

    private static long retryAfterMs(IOException silent) {
        return silent instanceof HostFailure failure && failure.outcome().retryAfter() != null
                ? failure.outcome().retryAfter().toMillis() : 0;
    }
}
