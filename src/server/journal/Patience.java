package server.journal;

import java.util.concurrent.CountDownLatch;

/// Waits that an interrupt does not end; the interrupt flag stays set.
final class Patience {

    private interface Waiting {
        void run() throws InterruptedException;
    }

    private Patience() {
    }

    static void await(CountDownLatch latch) {
        wholly(latch::await);
    }

    static void join(Thread thread) {
        wholly(thread::join);
    }

    private static void wholly(Waiting waiting) {
        boolean interrupted = false;
        while (true) {
            try {
                waiting.run();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
