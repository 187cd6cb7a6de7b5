package server.relay;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import server.dispatch.HostAccess;
import server.executor.HostAnswer;

/// Asks hosts about themselves, all at the same time, and remembers the last answer of each, for times when one does
/// not answer. For any thread.
final class LastAnswers {

    private record Question(String host, String path) {
    }

    private final Map<Question, byte[]> last = new ConcurrentHashMap<>();
    /// Requests under way: a thread that asks the same meanwhile waits for the same answer.
    private final Map<Question, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();

    /// Returns each host's answer to `GET path`, by the host's name, in their order; the last answer of a host that
    /// does not answer in time; none for a host that never did. A host that is down is not asked again.
    ///
    /// @param wait how long to wait for all of them together
    Map<String, byte[]> of(List<HostAccess> hosts, String path, Duration wait) throws InterruptedException {
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (HostAccess host : hosts) {
            Question question = new Question(host.name(), path);
            if (host.isUp() || !last.containsKey(question)) {
                waiting.add(ask(host, question));
            }
        }
        long end = System.nanoTime() + wait.toNanos();
        for (CompletableFuture<Void> one : waiting) {
            try {
                one.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException silent) {
                // its last answer stands
            }
        }
        return known(hosts, path);
    }

    /// Returns each host's last answer, without waiting.
    Map<String, byte[]> known(List<HostAccess> hosts, String path) {
        Map<String, byte[]> answers = new LinkedHashMap<>();
        for (HostAccess host : hosts) {
            Question question = new Question(host.name(), path);
            byte[] answer = last.get(question);
            if (answer != null) {
                answers.put(host.name(), answer);
            }
        }
        return answers;
    }

    private CompletableFuture<Void> ask(HostAccess host, Question question) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> others = asked.putIfAbsent(question, mine);
        if (others != null) {
            return others;
        }
        try {
            Thread.ofVirtual().name("ask-" + host.name()).start(() -> {
                try {
                    ask(host, question.path);
                } finally {
                    answered(question, mine);
                }
            });
        } catch (RuntimeException | Error unstarted) {
            // otherwise nobody would ask again
            answered(question, mine);
            throw unstarted;
        }
        return mine;
    }

    private void ask(HostAccess host, String path) {
        try {
            HostAnswer answer = host.executor().ask("GET", path, Map.of(), null);
            if (answer.head().status() == 200) {
                last.put(new Question(host.name(), path), answer.body());
            }
        } catch (IOException | InterruptedException | RuntimeException silent) {
            // the health check reports it
        }
    }

    private void answered(Question question, CompletableFuture<Void> mine) {
        asked.remove(question);
        mine.complete(null);
    }
}
