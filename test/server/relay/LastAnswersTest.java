package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import server.dispatch.HostAccess;
import server.executor.Call;
import server.executor.HostAnswer;
import server.executor.HostHead;
import server.executor.Outcome;
import server.executor.Pieces;
import server.executor.TaskExecutor;
import shared.json.Slice;

final class LastAnswersTest {

    /// Answers every question with its path.
    private static final class Telling implements TaskExecutor {

        @Override
        public String name() {
            return "host";
        }

        @Override
        public String url() {
            return "host:";
        }

        @Override
        public HostAnswer ask(String method, String target, Map<String, String> headers, Slice body) {
            byte[] said = target.getBytes(StandardCharsets.UTF_8);
            return new HostAnswer(new HostHead(200, "text/plain", said.length, null, null), said);
        }

        @Override
        public Outcome run(Call call, Pieces pieces) {
            throw new AssertionError("no task is run");
        }

        @Override
        public List<String> models() {
            return List.of();
        }

        @Override
        public void close() {
        }
    }

    @Test
    void of_threadThatCannotBeStarted_isAskedAnewTheNextTime() throws Exception {
        LastAnswers answers = new LastAnswers();
        List<HostAccess> hosts = List.of(new HostAccess("a", false, true, Set.of(), Map.of(), new Telling()));
        InheritableThreadLocal<String> hinders = new InheritableThreadLocal<>() {
            @Override
            protected String childValue(String of) {
                throw new IllegalStateException("expected by the test");
            }
        };
        hinders.set("every thread that this one would start");
        try {
            assertThrows(IllegalStateException.class, () -> answers.of(hosts, "/api/ps", Duration.ofSeconds(20)));
        } finally {
            hinders.remove();
        }
        assertEquals("/api/ps", new String(answers.of(hosts, "/api/ps", Duration.ofSeconds(20)).get("a"),
                StandardCharsets.UTF_8));
    }
}
