package support;

import java.util.function.IntSupplier;

/// The answers of [FakeApi] that do not depend on earlier requests.
final class FakeAnswers {

    static final String EXPLAINED = "{\"id\":\"ID\",\"status\":\"pending\",\"position\":4,"
            + "\"starts_in\":{\"low\":1.5,\"high\":130},\"waits_for\":{\"kind\":\"turn\",\"text\":"
            + "\"the 3 tasks before it\"},\"rule\":\"it is first by priority, client and time\",\"host\":\"gpu\","
            + "\"host_rule\":\"local\",\"loads\":true,\"before\":[{\"id\":\"task_000000000009\",\"why\":"
            + "\"priority\",\"text\":\"its priority is higher\"},{\"id\":\"task_000000000008\",\"why\":\"earlier\","
            + "\"text\":\"it came earlier\"}],\"longest_wait\":600,\"attempts\":[{\"attempt\":1,\"host\":\"gpu\","
            + "\"rule\":\"local\",\"duration\":\"1s\",\"error\":\"broke off\"}]}";
    static final String RAN = "{\"id\":\"ID\",\"status\":\"completed\",\"waits_for\":null,\"rule\":"
            + "\"its model is loaded on a host with a free place\",\"host\":\"gpu\",\"host_rule\":\"local\","
            + "\"loads\":true,\"passed\":\"task_000000000009\",\"before\":[],\"longest_wait\":null,\"attempts\":[]}";

    /// An answer.
    record Told(int status, String json) {
    }

    private FakeAnswers() {
    }

    /// Answers requests about many tasks: three match, two pending and one running. An action is refused for one of
    /// them.
    ///
    /// @param visits counts the reads of an action, which still runs at the first
    static Told ofMany(String method, String path, String body, IntSupplier visits) {
        if (path.startsWith("/api/tasks/causes")) {
            return new Told(200, "[{\"cause\":\"gpu answered 500: out of memory (… MiB)\",\"cause_id\":"
                    + "\"7k3f9q2m4x8z\",\"model\":\"qwen3\",\"host\":\"gpu\",\"tasks\":412,\"last_at\":"
                    + "\"2026-01-02T03:00:00.000Z\",\"last\":\"task_000000000009\",\"example\":\"gpu answered 500\"}]");
        }
        String counts = "\"matched\":3,\"by_status\":{\"pending\":2,\"running\":1}";
        if (body.contains("\"dry_run\":true")) {
            return new Told(200, "{" + counts + "}");
        }
        if (body.contains("expect") && !body.contains("\"expect\":3")) {
            return new Told(409, "{\"error\":\"3 tasks match now\"," + counts + "}");
        }
        boolean ended = method.equals("GET") && path.contains("actions/") && visits.getAsInt() > 1;
        String action = "{\"id\":\"action_000000000001\",\"action\":\"cancel\",\"filter\":{\"model\":\"m\"},"
                + "\"status\":\"" + (path.endsWith("/stop") ? "stopped" : ended ? "completed" : "running")
                + "\",\"created_at\":\"2026-01-02T03:00:00.000Z\"," + counts + ",\"done\":" + (ended ? 3 : 1)
                + ",\"changed\":" + (ended ? 2 : 1) + ",\"refused\":" + (ended ? "{\"is completed\":1}" : "{}") + "}";
        return method.equals("POST") ? new Told(path.endsWith("/stop") ? 200 : 202, action)
                : new Told(200, path.endsWith("/actions") ? "[" + action + "]" : action);
    }
}
