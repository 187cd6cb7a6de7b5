package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.order.Offer;
import server.order.Residency;
import server.order.RunnerKey;
import server.task.Attempt;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskType;

/// Each rule as a table. A host is written as `NAME:FLAGS`: a name that begins with `e` is an endpoint's, and of the
/// flags `d` is down, `b` busy or just become unreachable, `f` full, `l` lacks the model, `u` has given no list, `o`
/// has the model loaded, `s` is named in settings for other models, a digit is how many attempts it has, `w3` its
/// weight, `p3` its priority. Of a kind that loads models it is with `K` (the key is loaded), `k` (nothing is), `D`
/// (another model answers), `N` (as many tasks of the key run there as it takes), `L`
/// (the same, and it loads).
final class RoutingTest {

    private static final int QUEUE_MAX = 100;

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // hosts            | priority | asked | waiting | place and rule
        "a                  | 5  | -      | 0   | a local",
        "a                  | 15 | -      | 999 | a local",
        "a e                | 5  | -      | 0   | a local_first_policy",
        "a e                | 10 | -      | 99  | a local_first_policy",
        "a e                | 10 | -      | 100 | e max_local_queue_size",
        "a e                | 9  | -      | 100 | a local_first_policy",
        "a e                | 15 | -      | 0   | e critical_priority",
        "a e                | 14 | -      | 0   | a local_first_policy",
        "a e                | 1  | remote | 0   | e remote_execution",
        "a e                | 15 | remote | 0   | e remote_execution",
        "a b e              | 15 | b      | 0   | b on",
        "a b e              | 1  | e      | 0   | e on",
        // the host asked for and no other
        "a:f b              | 5  | a      | 0   | -",
        "a:d b              | 5  | a      | 0   | -",
        "a:l b              | 5  | a      | 0   | a on",
        "a b                | 5  | c      | 0   | -",
        // no local host is healthy and has the model
        "a:d e              | 1  | -      | 0   | e no_local_host",
        "a:l e              | 1  | -      | 0   | e no_local_host",
        "a:d b:l e          | 1  | -      | 0   | e no_local_host",
        "a:f e              | 1  | -      | 0   | -",
        "a:d b e            | 1  | -      | 0   | b local_first_policy",
        "e                  | 1  | -      | 0   | e no_local_host",
        // a host that refuses the model is as good as away for it
        "a:r b              | 1  | -      | 0   | b local",
        "a:r e              | 1  | -      | 0   | e no_local_host",
        "a e:r              | 1  | remote | 0   | a fallback_to_local",
        "a:r b:l            | 1  | -      | 0   | -",
        "a:r                | 1  | a      | 0   | -",
        // no endpoint took it
        "a e:d              | 15 | -      | 0   | a fallback_to_local",
        "a e:l              | 15 | -      | 0   | a fallback_to_local",
        "a e:s              | 15 | -      | 0   | a fallback_to_local",
        "a e:d              | 1  | remote | 0   | a fallback_to_local",
        "a                  | 1  | remote | 0   | a fallback_to_local",
        // a full endpoint: an urgent task takes a local place, a task that asked for an endpoint waits
        "a e:f              | 15 | -      | 0   | a fallback_to_local",
        "a e:f              | 10 | -      | 100 | a fallback_to_local",
        "a:f e:f            | 15 | -      | 0   | -",
        "a e:f              | 1  | remote | 0   | -",
    })
    void place_localFirst(String hosts, int priority, String asked, int waiting, String expected) {
        assertEquals(expected, place(RoutingOptions.DEFAULT, hosts, task(priority, asked), waiting));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "a e                | 9  | -      | a below_high_priority",
        "a e                | 10 | -      | e high_priority",
        "a e                | 15 | -      | e high_priority",
        "a e                | 1  | remote | e remote_execution",
        "a e:d              | 10 | -      | a fallback_to_local",
        "a e:f              | 10 | -      | a fallback_to_local",
        "a:d e              | 1  | -      | e no_local_host",
    })
    void place_notLocalFirst(String hosts, int priority, String asked, String expected) {
        RoutingOptions options = new RoutingOptions(Duration.ofSeconds(30), false, true, QUEUE_MAX);
        assertEquals(expected, place(options, hosts, task(priority, asked), 999));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "a e:d              | 15 | -      | -",
        "a e:f              | 15 | -      | -",
        "a                  | 5  | remote | -",
        "a e:l              | 5  | remote | e remote_execution",
        "a e                | 5  | -      | a local_first_policy",
        "a:d e              | 5  | -      | e no_local_host",
    })
    void place_noFallback(String hosts, int priority, String asked, String expected) {
        RoutingOptions options = new RoutingOptions(Duration.ofSeconds(30), true, false, QUEUE_MAX);
        assertEquals(expected, place(options, hosts, task(priority, asked), 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // the least busy, by weight
        "a:2 b:1            | b",
        "a:2w4 b:1          | a",
        "a:2w4 b:1w2        | a",
        // among equal hosts: the one that has the model loaded, then the heavier, then the first
        "a b:o              | b",
        "a:1 b:1o           | b",
        "a b:1o             | a",
        "a b:w2             | b",
        "a b                | a",
        "a:fo b             | b",
        // lists order the hosts, they do not judge
        "a:l b:u            | b",
        "a:l b              | b",
        "a:l b:f            | -",
        "a:l b:d            | -",
        "a:l b:1l           | a",
        "a:lf b:l           | b",
        "a:ud b:l           | b",
        "a:d b:d            | -",
        "a:s b:l            | b",
    })
    void place_whichOfTheLocalHosts(String hosts, String expected) {
        String place = place(RoutingOptions.DEFAULT, hosts, task(5, null), 0);
        assertEquals(expected == null ? null : expected + " local", place);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "e1 e2:p3           | e2",
        "e1 e2:7p3          | e2",
        "e1 e2:fp3          | e1",
        "e1 e2:dp3          | e1",
        "e1:1 e2            | e2",
    })
    void place_whichOfTheEndpoints_highestPriorityThenLeastBusy(String hosts, String expected) {
        assertEquals(expected + " remote_execution", place(RoutingOptions.DEFAULT, hosts, task(5, "remote"), 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // hosts | failed on | place
        "a b               | a     | b local",
        "a b               | b     | a local",
        "a b c             | a b   | c local",
        "a b               | a b a | b local",
        // a good one that is full is waited for: one that fails each task would use up every attempt meanwhile
        "a b:f             | a     | -",
        "a b:d             | a     | a local",
        "a                 | a     | a local",
        "a e               | a     | e after_failure",
        "a e               | a e   | a local_first_policy",
        "a e:f             | a     | -",
        "a b e             | a     | b local_first_policy",
        "a b:f e           | a     | -",
        "a b:f             | a b   | a local",
    })
    void place_afterAFailure_goesElsewhereFirst(String hosts, String failed, String expected) {
        Task fresh = task(5, null);
        List<Attempt> attempts = new ArrayList<>();
        for (String host : failed.split(" ")) {
            attempts.add(new Attempt(attempts.size() + 1, host, 1, 2, "lost", true));
        }
        attempts.add(new Attempt(attempts.size() + 1, "b", 1, 2, "the server stopped while it ran", false));
        assertEquals(expected, place(RoutingOptions.DEFAULT, hosts, fresh.with(fresh.state(), 1, attempts), 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // hosts | said that they lack it | may be found | place
        "a                 | a     | false | a",
        "a b               | a     | true  | b",
        "a:l b:l           | a     | true  | b",
        "a b               | a b   | false | a",
        // away, but has it: is waited for; lacked it when last seen: is not
        "a b:d             | a     | true  | -",
        "a b:dl            | a     | false | a",
        // away for a moment: is asked then
        "a b:bl            | a     | true  | -",
        "a:b b:l           | b     | true  | -",
        "a b:bl c:l        | a     | true  | c",
        "a:l b:bl          | a b   | false | a",
        // busy for this model alone
        "a:y b:y           | c     | true  | -",
        "a b:yl            | a     | true  | -",
        // nothing was ever heard of it
        "a b:du            | a     | true  | -",
        "a b:f             | a     | true  | -",
        // the settings keep other models' hosts out of it
        "a e:s             | a     | false | a",
        "a e               | a     | true  | e",
    })
    void mayFind_asksEachHealthyHostAndWaitsForThoseThatHadIt(String hosts, String lacking, boolean may, String place) {
        Set<String> without = new TreeSet<>(Arrays.asList(lacking.split(" ")));
        Routing routing = new Routing(RoutingOptions.DEFAULT, hosts(hosts), 0);
        assertEquals(may, routing.mayFind(task(5, null), without));
        assertEquals(place, startsOn(routing.offer(task(5, null), without, Set.of()), Offer::host));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // hosts      | priority | failed on | kept | offer
        "a:k b:K       | 5  | -   | -   | LOADED b local",
        "a:kp3 b:K     | 5  | -   | -   | LOADED b local",
        "a:k b:9K      | 5  | -   | -   | LOADED b local",
        "a:k b:1       | 5  | -   | -   | LOADED b local",
        "a:K b:Kw2     | 5  | -   | -   | LOADED b local",
        "a:D b:k       | 5  | -   | -   | LOADS b local",
        "a:N b:9k      | 5  | -   | -   | LOADS b local",
        "a:D b:N       | 5  | -   | -   | DRAINS a local",
        "a:2D b:1D     | 5  | -   | -   | DRAINS b local",
        "a:fD b:N      | 5  | -   | -   | NONE - -",
        "a:dK b:k      | 5  | -   | -   | LOADS b local",
        // only what has not failed the task, belongs to its choice, has the model and is not kept for others
        "a:K b:k       | 5  | a   | -   | LOADS b local",
        "a:K b:k       | 5  | a b | -   | LOADED a local",
        "a:D b:k       | 5  | a b b | - | LOADS b local",
        "a:lK b:k      | 5  | -   | -   | LOADS b local",
        "a:K b:k       | 5  | -   | a   | LOADS b local",
        "a:K           | 5  | -   | a   | NONE - -",
        "a:D e         | 5  | -   | -   | DRAINS a local_first_policy",
        "a:K e         | 15 | -   | -   | LOADED e critical_priority",
        "a:k e:f       | 15 | -   | -   | LOADS a fallback_to_local",
        "a:D e:f       | 15 | -   | -   | DRAINS a fallback_to_local",
    })
    void offer_whatIsLoadedGoesFirst(String hosts, int priority, String failed, String kept, String expected) {
        Task task = task(priority, null);
        List<Attempt> attempts = failed == null ? List.of() : Arrays.stream(failed.split(" ")).map(host ->
                new Attempt(1, host, 1, 2, "lost", true)).toList();
        Offer offer = new Routing(RoutingOptions.DEFAULT, hosts(hosts), 0).offer(task.with(task.state(), 1, attempts),
                Set.of(), kept == null ? Set.of() : Set.of(kept));
        assertEquals(expected.replace("- -", "null null"), offer.fit() + " " + offer.host() + " " + offer.rule());
    }

    @Test
    void warm_isWhatIsLoadedWhereAPlaceIsFree() {
        assertEquals(Set.of("m"), new Routing(RoutingOptions.DEFAULT, hosts("a:K b:k c:D d:fK"), 0).warm());
        assertEquals(Set.of(), new Routing(RoutingOptions.DEFAULT, hosts("a:fK b:N"), 0).warm());
        assertNull(new Routing(RoutingOptions.DEFAULT, hosts("a:K b"), 0).warm());
    }

    @Test
    void freeAndDraining_ofALoad() {
        RunnerKey key = RunnerKey.of("m", null);
        Routing routing = new Routing(RoutingOptions.DEFAULT, hosts("a:k b:K c:D d:D e:K f:N g:L"), 0);
        assertEquals(List.of("b", "f", "a"), routing.free("m", key, null).stream().map(HostView::name).toList());
        assertEquals(List.of("c"), routing.draining("m", key, null));
        assertEquals(List.of("d"), routing.draining("m", key, "d"));
    }

    @Test
    void onlyItsTurn_notWhereTheHostsAreAway() {
        assertTrue(new Routing(RoutingOptions.DEFAULT, hosts("a:f b:d"), 0).onlyItsTurn(task(5, null), Set.of()));
        assertFalse(new Routing(RoutingOptions.DEFAULT, hosts("a:d b:d"), 0).onlyItsTurn(task(5, null), Set.of()));
        assertFalse(new Routing(RoutingOptions.DEFAULT, hosts("a:fl"), 0).onlyItsTurn(task(5, null), Set.of()));
    }

    private static String place(RoutingOptions options, String hosts, Task task, int waiting) {
        return startsOn(new Routing(options, hosts(hosts), waiting).offer(task, Set.of(), Set.of()),
                offer -> offer.host() + " " + offer.rule());
    }

    private static String startsOn(Offer offer, Function<Offer, String> told) {
        return offer.fit().canStart() ? told.apply(offer) : null;
    }

    /// @param asked `remote`, a host's name, or null
    private static Task task(int priority, String asked) {
        boolean remote = "remote".equals(asked);
        Terms terms = new Terms(0, 0, 1, 3, 1, 1, 2, remote, remote ? null : asked, false);
        return new Task(1, TaskType.CHAT, "m", priority, TaskState.Pending.READY, 0, 1, 1, terms, null, 0, List.of(),
                0, 0, null);
    }

    private static List<HostView> hosts(String text) {
        return Arrays.stream(text.strip().split(" +")).map(RoutingTest::host).toList();
    }

    private static HostView host(String text) {
        String name = text.replaceFirst(":.*", "");
        String flags = text.contains(":") ? text.replaceFirst(".*:", "") : "";
        boolean up = !flags.contains("d") && !flags.contains("b");
        Set<String> installed = flags.contains("u") ? null
                : flags.contains("l") ? Set.of("x:latest") : Set.of("m:latest", "x:latest");
        HostModels models = new HostModels(installed, flags.contains("o") ? Set.of("m:latest") : Set.of(), Set.of(),
                Set.of());
        return new HostView(name, name.startsWith("e"), number(flags, "w", 1), number(flags, "p", 0),
                flags.contains("s") ? Set.of("other") : Set.of(), up, flags.contains("b"), up && !flags.contains("f"),
                number(flags.replaceAll("[wp]\\d", ""), "", 0), models,
                flags.contains("r") ? List.of("m") : List.of(), flags.contains("y") ? List.of("m") : List.of(),
                Set.of(), runners(flags), 1, 3);
    }

    private static Residency runners(String flags) {
        RunnerKey key = RunnerKey.of("m", null);
        return flags.contains("K") ? Residency.NONE.sent(key, 1).answers("m").ended("m", 2)
                : flags.contains("k") ? Residency.NONE
                : flags.contains("D") ? Residency.NONE.sent(RunnerKey.of("x", null), 1)
                : flags.contains("N") ? Residency.NONE.sent(key, 1).answers("m")
                : flags.contains("L") ? Residency.NONE.sent(key, 1) : null;
    }

    private static int number(String flags, String before, int otherwise) {
        String digits = flags.replaceAll(before.isEmpty() ? "\\D" : ".*?(?:" + before + "(\\d).*|$)",
                before.isEmpty() ? "" : "$1");
        return digits.isEmpty() ? otherwise : Integer.parseInt(digits);
    }
}
