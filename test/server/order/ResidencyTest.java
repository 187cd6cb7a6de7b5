package server.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import server.order.Residency.Seen;
import server.task.RunnerOptions;
import support.Effort;

final class ResidencyTest {

    private static final RunnerKey A = RunnerKey.of("a", null);
    private static final RunnerKey B = RunnerKey.of("b", null);
    private static final RunnerKey C = RunnerKey.of("c", null);
    private static final RunnerKey A2 = key("a", 2);
    private static final RunnerKey A4 = key("a", 4);
    private static final long MINUTE = 60_000;

    private static RunnerKey key(String model, long context) {
        return RunnerKey.of(model, new RunnerOptions(context, null, null, null, null, null, null, null));
    }

    /// A residency after these keys were answered, one after the other.
    private static Residency after(RunnerKey... keys) {
        Residency all = Residency.NONE;
        for (RunnerKey key : keys) {
            all = all.sent(key, 1).answers(key.model()).ended(key.model(), 2);
        }
        return all;
    }

    private static List<Fit> fits(Residency residency, RunnerKey... keys) {
        List<Fit> fits = new ArrayList<>();
        for (RunnerKey key : keys) {
            fits.add(residency.fit(key, 2, 3));
        }
        return fits;
    }

    @Test
    void fit_atFirst_everythingLoads() {
        assertEquals(List.of(Fit.LOADS, Fit.LOADS), fits(Residency.NONE, A, A2));
        assertTrue(Residency.NONE.takesAny(1, 0));
        assertEquals(Set.of(), Residency.NONE.warm(1, 0));
    }

    @Test
    void fit_whileARunnerAnswers_itsKeyHasAPlaceAndOthersDrain() {
        Residency one = Residency.NONE.sent(A2, 1);
        assertEquals(List.of(Fit.LOADED, Fit.DRAINS, Fit.DRAINS, Fit.DRAINS), fits(one, A2, A4, A, B));
        assertEquals(Set.of("a"), one.warm(2, 3));
        Residency full = one.sent(A2, 2);
        assertEquals(List.of(Fit.NONE, Fit.DRAINS, Fit.DRAINS), fits(full, A2, A4, B));
        assertFalse(full.takesAny(2, 3));
        assertEquals(List.of(Fit.LOADED, Fit.DRAINS), fits(full.ended("a:latest", 3), A2, B));
    }

    @Test
    void fit_whileItLoads_onlyTheSameKeyJoins_forTheHostMayGetThatFirst() {
        RunnerKey layers = RunnerKey.of("a", new RunnerOptions(null, null, 3L, null, null, null, null, null));
        Residency loading = Residency.NONE.sent(layers, 1);
        assertEquals(List.of(Fit.LOADED, Fit.NONE), fits(loading, layers, A));
        assertEquals(List.of(Fit.LOADED, Fit.LOADED), fits(loading.answers("a"), layers, A));
    }

    @Test
    void fit_idleRunner_servesItsKeyAndMayBeReloaded() {
        assertEquals(List.of(Fit.LOADED, Fit.LOADS, Fit.LOADS, Fit.LOADS), fits(after(A2), A2, A4, A, B));
        assertEquals(List.of(Fit.LOADS, Fit.LOADED), fits(after(A2, B), A2, B));
        assertEquals(List.of(Fit.LOADS, Fit.LOADED), fits(after(A2, A4), A2, A4));
    }

    @Test
    void reported_whatIsSeenTogether_fits() {
        Residency two = after(A).sent(B, 5).answers("b").reported(List.of(new Seen("a:latest", 4096, 0),
                new Seen("b:latest", 4096, 0)), 6, 7);
        assertEquals(2, two.fits());
        assertEquals(List.of(Fit.LOADED, Fit.LOADED, Fit.LOADS), fits(two, A, B, C));
        Residency both = two.sent(A, 8);
        assertEquals(List.of(Fit.LOADED, Fit.LOADED, Fit.DRAINS, Fit.DRAINS), fits(both, A, B, C, A2));
        // one of the idle ones will be evicted for it; only the host knows which
        assertEquals(List.of(Fit.LOADS, Fit.LOADED, Fit.DRAINS), fits(both.ended("a", 9).sent(C, 9).ended("c", 9), A, B,
                RunnerKey.of("b", A2.options())));
    }

    @Test
    void reported_strangersModels_areBelieved() {
        Residency told = Residency.NONE.reported(List.of(new Seen("a:latest", 2, 9)), 1, 2);
        assertEquals(List.of(Fit.LOADED, Fit.LOADED, Fit.LOADS, Fit.LOADS), fits(told, A, A2, A4, B));
        assertEquals(Fit.LOADS, told.fit(A, 1, 9), "it expires");
        RunnerKey batched = RunnerKey.of("a", new RunnerOptions(null, 7L, null, null, null, null, null, null));
        assertEquals(Fit.LOADS, told.fit(batched, 1, 2));
        assertEquals(Fit.LOADED, after(A2).reported(List.of(new Seen("a", 2, 99)), 5, 6).fit(A2, 1, 6));
        // somebody reloaded it
        Residency changed = after(A2).reported(List.of(new Seen("a", 2, 99)), 5, 6).reported(List.of(
                new Seen("a", 4, 99)), 7, 8);
        assertEquals(List.of(Fit.LOADS, Fit.LOADED), fits(changed, A2, A4));
    }

    @Test
    void reported_whatIsGone_isForgotten_butNotWhatAnswers() {
        assertEquals(Fit.LOADS, after(A).reported(List.of(), 5, 6).fit(A, 1, 7));
        Residency busy = Residency.NONE.sent(A, 1).answers("a").reported(List.of(), 5, 6);
        assertEquals(List.of(Fit.LOADED, Fit.DRAINS), fits(busy, A, B));
    }

    @Test
    void reported_olderThanALoad_countsNot() {
        List<Seen> before = List.of(new Seen("a", 0, 99));
        Residency loading = after(A).sent(B, 6);
        assertEquals(List.of(Fit.DRAINS, Fit.LOADED), fits(loading.reported(before, 5, 7), A, B));
        assertEquals(List.of(Fit.LOADS, Fit.LOADED), fits(loading.answers("b").ended("b", 7).reported(before, 5, 8), A,
                B));
        assertEquals(1, loading.reported(List.of(new Seen("a", 0, 99), new Seen("b", 0, 99)), 7, 8).fits());
    }

    @Test
    void keepAlive_decidesHowLongItStays() {
        assertEquals(Fit.LOADED, after(A).fit(A, 1, 5 * MINUTE));
        assertEquals(Fit.LOADS, after(A).fit(A, 1, 5 * MINUTE + 2));
        Residency kept = Residency.NONE.sent(A, 1).keeps("a:latest", Long.MAX_VALUE).answers("a").ended("a", 2);
        assertEquals(Fit.LOADED, kept.fit(A, 1, Long.MAX_VALUE - 1));
        assertEquals(List.of(), Residency.NONE.sent(A, 1).keeps("a", 0).answers("a").ended("a", 2).runners());
        assertEquals(Fit.LOADS, Residency.NONE.sent(A, 1).keeps("a", 7).answers("a").ended("a", 2).fit(A, 1, 9));
    }

    @Test
    void ended_withoutAnAnswer_isNotLoaded() {
        assertEquals(List.of(Fit.LOADS, Fit.LOADS), fits(Residency.NONE.sent(A, 1).ended("a", 2), A, B));
        assertEquals(Residency.NONE, Residency.NONE.ended("a", 2));
    }

    @Test
    void lost_keepsOnlyWhatAttemptsWaitFor() {
        Residency both = after(A).reported(List.of(new Seen("a", 0, 99), new Seen("b", 0, 99)), 5, 6);
        assertEquals(List.of(), both.lost().runners());
        Residency busy = both.sent(A, 7).lost();
        assertEquals(List.of(Fit.LOADED, Fit.LOADS), fits(busy, A, B));
        assertEquals(List.of(), busy.ended("a", 8).runners());
    }

    @Test
    void completed_learnsWhatALoadCosts_andCountsTheDaysLoads() {
        Residency one = Residency.NONE.sent(A, 1).completed("a:latest", true, 4_000, 2);
        assertEquals(Map.of("a", 4_000L), one.loadMs());
        assertEquals(new Residency.Loads(0, 1, 4_000), one.loads());
        assertEquals(Map.of("a", 5_000L), one.completed("a", true, 8_000, 3).loadMs());
        assertEquals(one.loads(), one.completed("a", false, 150, 3).loads());
        assertEquals(one.loads(), one.completed("a", true, 5, 3).loads(), "it was there already");
        assertEquals(2, one.completed("a", false, 3_000, 3).loads().count(), "somebody else had thrown it out");
        assertEquals(new Residency.Loads(0, 2, 4_000), one.completed("a", true, -1, 3).loads());
        assertEquals(new Residency.Loads(1, 1, 100), Residency.NONE.sent(A, 1)
                .completed("a", true, 100, 86_400_000).loads());
    }

    /// Ollama's scheduler in its simplest form: a request must never reload or evict a runner that answers.
    private static final class Scheduler {
        final int room;
        final Map<String, RunnerOptions> loaded = new HashMap<>();
        final Map<String, Integer> busy = new HashMap<>();

        Scheduler(int room) {
            this.room = room;
        }

        /// @return whether it loads
        boolean send(RunnerKey key, Random random) {
            RunnerOptions there = loaded.get(key.model());
            boolean loads = there == null || !key.isServedBy(key.model(), there);
            if (loads) {
                assertEquals(0, busy.getOrDefault(key.model(), 0), key + " reloads a runner that answers");
                loaded.remove(key.model());
                while (loaded.size() >= room) {
                    List<String> idle = loaded.keySet().stream().filter(one -> busy.getOrDefault(one, 0) == 0).sorted()
                            .toList();
                    assertFalse(idle.isEmpty(), key + " throws out a runner that answers");
                    loaded.remove(idle.get(random.nextInt(idle.size())));
                }
                loaded.put(key.model(), key.options());
            }
            busy.merge(key.model(), 1, Integer::sum);
            return loads;
        }

        List<Seen> list() {
            return loaded.entrySet().stream().map(one -> new Seen(one.getKey() + ":latest",
                    one.getValue().numCtx() == null ? 4096 : one.getValue().numCtx(), 0)).toList();
        }
    }

    @Test
    void whateverIsSent_noRunnerThatAnswersIsReloadedOrThrownOut() {
        for (int i = 0; i < Effort.of(300, 30_000); i++) {
            long seed = System.nanoTime() + i;
            try {
                run(new Random(seed), i % 2 == 0);
            } catch (AssertionError failed) {
                throw new AssertionError("seed " + seed + ": " + failed.getMessage(), failed);
            }
        }
    }

    /// @param strangers whether others load models there, too, and it is started again
    private static void run(Random random, boolean strangers) {
        int parallel = 1 + random.nextInt(3);
        Scheduler host = new Scheduler(1 + random.nextInt(3));
        Residency known = Residency.NONE;
        List<RunnerKey> running = new ArrayList<>();
        List<Seen> list = null;
        long askedAt = 0;
        for (int now = 10; now < 400; now++) {
            RunnerKey key = List.of(A, A2, A4, B, C, key("c", 2)).get(random.nextInt(6));
            switch (random.nextInt(strangers ? 7 : 5)) {
                case 0, 1 -> {
                    Fit fit = known.fit(key, parallel, now);
                    if (fit == Fit.LOADED || fit == Fit.LOADS) {
                        boolean expected = known.loads(key, now);
                        assertEquals(fit == Fit.LOADS, expected);
                        boolean loads = host.send(key, random);
                        assertTrue(strangers || expected || !loads, key + " was to be loaded");
                        known = known.sent(key, now);
                        running.add(key);
                    }
                }
                case 2 -> {
                    if (!running.isEmpty()) {
                        RunnerKey ends = running.remove(random.nextInt(running.size()));
                        host.busy.merge(ends.model(), -1, Integer::sum);
                        known = (strangers && random.nextBoolean() ? known : known.answers(ends.model()))
                                .ended(ends.model(), now);
                    }
                }
                case 3 -> {
                    list = host.list();
                    askedAt = now;
                }
                case 4 -> {
                    if (list != null) {
                        known = known.reported(list, askedAt, now);
                        assertTrue(known.fits() <= host.room);
                        list = null;
                    }
                }
                case 5 -> {
                    if (running.isEmpty()) {
                        host.send(key, random);
                        host.busy.clear();
                    }
                }
                default -> {
                    if (running.isEmpty()) {
                        host.loaded.clear();
                        known = random.nextBoolean() ? known.lost() : known;
                    }
                }
            }
            int most = running.stream().mapToInt(one -> (int) running.stream().filter(other -> other.model().equals(
                    one.model())).count()).max().orElse(0);
            assertTrue(most <= parallel);
        }
    }
}
