package client;

import java.time.Instant;
import java.time.InstantSource;

/// Time as a command lives in it. Reading the clock and sleeping are one thing, so that a command that sleeps finds the
/// clock moved, in a test as well as in a process.
interface Time extends InstantSource {

    /// Sleeps. An interrupt ends the sleep; it stands for the end of the command's time.
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
