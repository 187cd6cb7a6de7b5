package support;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that stands still until it is set. Safe for several threads.
public final class SettableClock implements InstantSource {

    private volatile Instant now;

    public SettableClock(String now) {
        this.now = Instant.parse(now);
    }

    @Override
    public Instant instant() {
        return now;
    }

    public void set(String time) {
        now = Instant.parse(time);
    }

    public void set(long millis) {
        now = Instant.ofEpochMilli(millis);
    }

    public void pass(Duration time) {
        now = now.plus(time);
    }
}
