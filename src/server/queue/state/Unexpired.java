package server.queue.state;

import java.util.Set;

import server.order.Offer;
import server.order.Offers;
import server.task.Task;

/// The hosts' offers, but none for tasks that have expired according to the clock.
record Unexpired(Offers offers, long now) implements Offers {

    @Override
    public Offer to(Task task, Set<String> kept) {
        long expiresAt = task.terms().expiresAt();
        return expiresAt > 0 && expiresAt <= now ? Offer.NONE : offers.to(task, kept);
    }

    @Override
    public boolean may(Task task, String host) {
        return offers.may(task, host);
    }

    @Override
    public Set<String> warm() {
        return offers.warm();
    }
}
