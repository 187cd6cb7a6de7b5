package server;

import java.util.concurrent.CountDownLatch;

import sun.misc.Signal;

/// SIGTERM and SIGINT: the first asks the server to stop, the second ends the process at once. SIGHUP asks it to read
/// its settings again. `sun.misc.Signal` is the only way to see a second one or a SIGHUP; a shutdown hook would also
/// end with status 143.
final class Signals {

    private static final int HURRIED = 130;

    private final CountDownLatch first = new CountDownLatch(1);

    private Signals() {
    }

    static Signals catchThem() {
        Signals signals = new Signals();
        for (String name : new String[] {"TERM", "INT"}) {
            Signal.handle(new Signal(name), signal -> signals.caught());
        }
        return signals;
    }

    /// @param reread runs at each SIGHUP, on a thread of its own
    static void onHangup(Runnable reread) {
        Signal.handle(new Signal("HUP"), signal -> reread.run());
    }

    /// Waits for the first signal, or for [#release].
    void await() throws InterruptedException {
        first.await();
    }

    /// Ends the waiting as a signal would.
    void release() {
        first.countDown();
    }

    private void caught() {
        if (first.getCount() == 0) {
            Runtime.getRuntime().halt(HURRIED);
        }
        first.countDown();
    }
}
