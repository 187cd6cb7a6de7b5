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

/// Asks hosts about themselves, all at the same time, and remembers what each answered last, for the moments in which
/// one does not answer. For any thread.
final class LastAnswers {

    private record Question(String host, String path) {
    }

    private final Map<Question, byte[]> last = new ConcurrentHashMap<>();
    /// Asked now: who asks the same meanwhile waits for the same answer.
    private final Map<Question, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();

    /// Returns what each host answers to `GET path`, by its name, in their order; what it answered last where it does
    /// not answer in time; nothing of one that never did. A host that is away is not asked again.
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
                // what it answered last stands
            }
        }
        return known(hosts, path);
    }

    /// Returns what each host answered last, without waiting.
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
        Thread.ofVirtual().name("ask-" + host.name()).start(() -> {
            try {
                HostAnswer answer = host.executor().ask("GET", question.path, Map.of(), null);
                if (answer.head().status() == 200) {
                    last.put(question, answer.body());
                }
            } catch (IOException | InterruptedException | RuntimeException silent) {
                // the health check tells of it
            } finally {
                asked.remove(question);
                mine.complete(null);
            }
        });
        return mine;
    }
}
