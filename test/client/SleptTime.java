package client;

import java.time.Instant;

/// Time that moves when somebody sleeps, and in no other way; nobody waits for it.
final class SleptTime implements Time {

    private Instant now;

    SleptTime(String now) {
        this.now = Instant.parse(now);
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized void sleep(long millis) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        now = now.plusMillis(millis);
    }
}
