package server.order;

import java.util.Set;
import java.util.function.Function;

import server.task.Attempt;
import server.task.Task;

/// Offers of hosts that have loaded whatever is requested.
///
/// @param hosts the host that takes a task now; null if none does
public record LoadedOffers(Function<Task, String> hosts) implements Offers {

    /// Of a host that takes all.
    public static LoadedOffers at(String host) {
        return new LoadedOffers(task -> host);
    }

    /// An attempt that was begun by them, of a task that was alone, as it stands on record.
    public static Attempt attempt(int number, String host, long startedAt, long endedAt, String error, boolean counted,
            boolean died) {
        return new Attempt(number, host, startedAt, endedAt, error, counted, null, died, -1, -1,
                new Attempt.Chosen(Attempt.Chosen.By.FIRST, false, -1));
    }

    @Override
    public Offer to(Task task, Set<String> kept) {
        String host = hosts.apply(task);
        return host == null || kept.contains(host) ? Offer.NONE : new Offer(Fit.LOADED, host, null);
    }

    @Override
    public boolean may(Task task, String host) {
        return true;
    }

    @Override
    public Set<String> warm() {
        return null;
    }
}
