package client;

import java.time.Instant;
import java.time.InstantSource;

/// Time as a command experiences it. The clock and sleeping belong together, so that a command that sleeps finds the
/// clock moved, in a test as well as in a process.
interface Time extends InstantSource {

    /// Sleeps. An interrupt ends the sleep and means that the command's time is over.
    void sleep(long millis) throws InterruptedException;

    static Time ofProcess() {
        return new Time() {

            @Override
            public Instant instant() {
                return Instant.now();
            }

            @Override
            public void sleep(long millis) throws InterruptedException {
                Thread.sleep(millis);
            }
        };
    }
}
