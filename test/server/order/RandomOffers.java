package server.order;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import server.task.Task;

/// What two hosts might offer at some moment, drawn at random. Where a task can run depends on its model and the host
/// that it asks for; of one that was tried, on itself too.
public final class RandomOffers implements Offers {

    private static final List<String> HOSTS = List.of("h1", "h2");

    private final Map<String, Fit> fits = new HashMap<>();
    private final boolean oddToo;
    private final Set<String> warm;

    public RandomOffers(List<String> models, Random random) {
        oddToo = random.nextInt(3) > 0;
        Set<String> loaded = new HashSet<>();
        for (String model : models) {
            for (String host : HOSTS) {
                Fit fit = Fit.values()[random.nextInt(4)];
                fits.put(model + " " + host, fit);
                if (fit == Fit.LOADED) {
                    loaded.add(model);
                }
            }
        }
        warm = random.nextBoolean() ? loaded : null;
    }

    private RandomOffers(List<String> models) {
        oddToo = true;
        warm = null;
        models.forEach(model -> HOSTS.forEach(host -> fits.put(model + " " + host, Fit.LOADED)));
    }

    /// Everything is loaded everywhere.
    public static RandomOffers loaded(List<String> models) {
        return new RandomOffers(models);
    }

    @Override
    public Offer to(Task task, Set<String> kept) {
        boolean tried = !task.attempts().isEmpty() || task.state().error() != null;
        List<Offer> offers = new ArrayList<>();
        for (String host : HOSTS) {
            Fit fit = fits.get(task.model() + " " + host);
            if (fit != Fit.NONE && !kept.contains(host) && may(task, host)
                    && (oddToo || !tried || task.id() % 2 == 0)) {
                offers.add(new Offer(fit, host, null));
            }
        }
        return offers.stream().min((one, other) -> one.fit().compareTo(other.fit())).orElse(Offer.NONE);
    }

    @Override
    public boolean may(Task task, String host) {
        return mayUse(task, host);
    }

    /// Whether a task may ever run on a host.
    public static boolean mayUse(Task task, String host) {
        return (task.terms().on() == null || task.terms().on().equals(host))
                && !(task.model().equals("c") && host.equals("h2"));
    }

    @Override
    public Set<String> warm() {
        return warm;
    }
}
