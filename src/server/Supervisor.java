package server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import shared.LogValue;

/// Reports the state of this process to the supervisor that started it, if that requests it (`NOTIFY_SOCKET`), as
/// sd_notify(3) defines: that the server is ready, that it stops, and twice in each `WATCHDOG_USEC` that it is alive.
final class Supervisor {

    private static final String READY = "READY=1";
    private static final String STOPPING = "STOPPING=1";
    private static final String ALIVE = "WATCHDOG=1";
    private static final int PATIENCE_SECONDS = 2;

    private final Logger log = System.getLogger("server");
    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    private final CountDownLatch toldOfTheEnd = new CountDownLatch(1);
    private final long pauseMicros;
    private final BooleanSupplier alive;

    private Supervisor(long pauseMicros, BooleanSupplier alive) {
        this.pauseMicros = pauseMicros;
        this.alive = alive;
    }

    /// Reports, on a thread of its own, that the server is ready, because the first message takes some milliseconds.
    ///
    /// @param alive called before each sign of life; while it returns false, or does not return, none is sent
    static Supervisor ready(Map<String, String> environment, BooleanSupplier alive) {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        Supervisor supervisor = new Supervisor(pause(environment), alive);
        if (address.startsWith("/") || address.startsWith("@")) {
            supervisor.news.add(READY);
            Thread.ofPlatform().name("supervisor").daemon().start(() -> supervisor.tell(address));
        } else {
            supervisor.toldOfTheEnd.countDown();
        }
        return supervisor;
    }

    void stopping() {
        news.add(STOPPING);
    }

    /// Waits until the stop was reported, because an idle server is done before the reporting thread begins. The wait
    /// is limited, because that thread may be blocked by whatever made the server stop.
    void awaitTold() throws InterruptedException {
        toldOfTheEnd.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /// Returns half the time after which the supervisor considers this process dead, in microseconds; Long.MAX_VALUE if
    /// there is none.
    private static long pause(Map<String, String> environment) {
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        if (!pid.isEmpty() && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            return Long.MAX_VALUE;
        }
        try {
            long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", ""));
            return micros > 1 ? micros / 2 : Long.MAX_VALUE;
        } catch (NumberFormatException none) {
            return Long.MAX_VALUE;
        }
    }

    private void tell(String address) {
        try (NotifySocket socket = NotifySocket.open(address)) {
            while (true) {
                String message = news.poll(pauseMicros, TimeUnit.MICROSECONDS);
                if (message == null && alive.getAsBoolean()) {
                    message = ALIVE;
                }
                if (message != null && !socket.send(message)) {
                    log.log(Level.WARNING, "event=notify_failed what=" + LogValue.of(message) + " socket="
                            + LogValue.of(address));
                }
                if (STOPPING.equals(message)) {
                    toldOfTheEnd.countDown();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | UnsatisfiedLinkError impossible) {
            log.log(Level.WARNING, "event=notify_impossible socket=" + LogValue.of(address), impossible);
        } finally {
            toldOfTheEnd.countDown();
        }
    }
}
