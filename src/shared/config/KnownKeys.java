package shared.config;

import java.util.LinkedHashMap;
import java.util.Map;

/// The names of all settings, for both programs read the same file. What each of them means stands in the server's
/// table (`server.settings.Table`; a test holds the two together): the client has no use for it, and is to stay small.
public final class KnownKeys {

    /// A section and its keys; `*` is no section, `[]` a list of maps.
    private static final String SECTIONS = """
            *: default_model plugins log_level log_file
            client: server_url token
            server: host port ws_port token token_file allowed_hosts grace
            storage: path segment_size
            ollama: host
            ollama.hosts[]: name url weight max_concurrent
            queue: workers
            task: timeout idle_timeout
            retry: max_retries initial_delay max_delay backoff_factor
            retention: completed_max completed_age failed_age interval
            limits: pending_tasks metadata_bytes task_metadata_bytes task_bytes batch_bytes batch_tasks
            limits: bodies_bytes other_body_bytes header_bytes json_depth line_bytes answer_bytes
            limits: request_time connections event_streams list wait
            remote_scheduling: enabled health_check_interval fallback_to_local local_first_policy max_local_queue_size
            remote_scheduling.endpoints[]: name base_url api_key api_key_file priority enabled max_concurrent models
            remote_scheduling.endpoints[]: timeout headers
            """;

    /// The older program's name and ours; alone those that have no other name here.
    private static final String OLDER = """
            ollama_host=ollama.host ollama_timeout=task.timeout max_workers=queue.workers storage_path=storage.path
            cleanup_interval=retention.interval max_completed_tasks=retention.completed_max
            retry_config.max_retries=retry.max_retries retry_config.initial_delay=retry.initial_delay
            retry_config.max_delay=retry.max_delay retry_config.backoff_factor=retry.backoff_factor
            scheduling_interval batch_size listen_addr
            """;

    /// Each name that may stand in a file, with the name that it has here.
    public static final Map<String, String> ALL = all();

    private KnownKeys() {
    }

    private static Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        for (String line : SECTIONS.split("\n")) {
            String section = line.startsWith("*") ? "" : line.substring(0, line.indexOf(':')) + ".";
            for (String name : line.substring(line.indexOf(' ') + 1).split(" ")) {
                all.put(section + name, section + name);
            }
        }
        for (String pair : OLDER.split("\\s")) {
            String[] names = pair.split("=");
            all.put(names[0], names[names.length - 1]);
        }
        return Map.copyOf(all);
    }
}
