package server;

import java.util.concurrent.CountDownLatch;

import sun.misc.Signal;

/// Handles signals: the first SIGTERM or SIGINT requests the stop of the server, the second ends the process at once;
/// SIGHUP requests a reload of the settings. Only `sun.misc.Signal` can handle a second signal or a SIGHUP; a shutdown
/// hook would also end with status 143.
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

    /// Sets the action for SIGHUP.
    ///
    /// @param reread runs at each SIGHUP, on a thread of its own
    static void onHangup(Runnable reread) {
        Signal.handle(new Signal("HUP"), signal -> reread.run());
    }

    /// Waits for the first signal, or for [#release].
    void await() throws InterruptedException {
        first.await();
    }

    /// Ends the wait as a signal would.
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
