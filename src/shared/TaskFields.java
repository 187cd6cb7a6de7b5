package shared;

import java.util.Set;

/// Names in a task's JSON.
public final class TaskFields {

    /// The fields that the server sets. A submit may contain them only with empty or zero values, and `import` omits
    /// them.
    public static final Set<String> SERVERS = Set.of("id", "task_id", "status", "created_at", "updated_at",
            "started_at", "completed_at", "retry_at", "retry_count", "executed_on", "result", "error", "attempts",
            "preview", "rule", "waiting", "cut", "unfinished", "cron_id", "cron_name", "cron_run_count", "due_at",
            "relayed", "unrecorded", "priority_asked", "effective_priority", "late", "position", "starts_in",
            "done_in", "request_id", "traceparent", "warnings");

    private TaskFields() {
    }
}
