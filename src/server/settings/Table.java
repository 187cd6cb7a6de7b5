package server.settings;

import static server.settings.Setting.of;
import static server.settings.Type.bool;
import static server.settings.Type.choice;
import static server.settings.Type.duration;
import static server.settings.Type.integer;
import static server.settings.Type.number;
import static server.settings.Type.optional;
import static server.settings.Type.optionalPath;
import static server.settings.Type.optionalSecret;
import static server.settings.Type.path;
import static server.settings.Type.secret;
import static server.settings.Type.size;
import static server.settings.Type.text;
import static server.settings.Type.texts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import shared.json.JsonReader;

/// Every setting there is. The help, the README's section and the messages are made from this table.
final class Table {

    private static final String YEARS = "3650d";

    static final List<Setting> ALL = List.of(
            of("server.host", text(), "localhost", "listen on this address or name").flag("--host ADDRESS"),
            of("server.port", integer(0, 65_535), "8080", "listen on this port; 0 takes a free one").flag("--port N"),
            of("server.ws_port", integer(0, 65_535), null, "listen for WebSocket on this port; 0: not at all; without "
                    + "it, on the one after server.port, or a free one where that is taken").flag("--ws-port N"),
            of("server.token", secret(), null, "what every request must bear, but those for /healthz, /readyz and "
                    + "the page's files; also $OLLAMA_QUEUE_TOKEN").live(),
            of("server.token_file", optionalPath(), null, "a file that holds the token").live(),
            of("server.allowed_hosts", texts("names, with commas between"), "", "further names that a request's Host "
                    + "may have, while there is no token").live(),
            of("server.grace", duration("0s", "1d"), "10s", "how long running tasks may go on when the server stops")
                    .flag("--grace DURATION").live(),
            of("storage.path", path(), "./data", "where the journal lies").flag("--data-dir DIR")
                    .older("QUEUE_STORAGE_PATH"),
            of("storage.segment_size", size("64KiB", "1GiB"), "16MiB", "how large a file of the journal is"),

            of("ollama.host", texts("addresses, with commas between"), "http://localhost:11434",
                    "an Ollama host, repeatable; echo: is an embedded model for trying things out")
                    .flag("--ollama-host URL").older("OLLAMA_HOST"),
            of("ollama.hosts[].name", optional(), null, "what it is called; without one, host:port"),
            of("ollama.hosts[].url", text(), null, "its address; needed"),
            of("ollama.hosts[].weight", integer(1, 1_000), "1", "its share of the tasks, against the others'"),
            of("ollama.hosts[].max_concurrent", integer(1, 10_000), null, "how many tasks it runs at once at most"),
            of("queue.workers", integer(1, 1_000), "4", "how many tasks run at once on the local hosts")
                    .flag("--workers N").older("QUEUE_MAX_WORKERS").live(),

            of("plugins", optionalPath(), null, "a folder of jars with further kinds of hosts").flag("--plugins DIR"),

            of("default_model", text(), "qwen3", "the model of a task that names none").live(),
            of("task.timeout", duration("1ms", "30d"), "30m", "an attempt's whole time, where a task sets none")
                    .older("OLLAMA_TIMEOUT").live(),
            of("task.idle_timeout", duration("1ms", "1d"), "5m", "the longest silence of a host, loading included"),
            of("retry.max_retries", integer(0, 100), "3", "how often a failed attempt is tried again, where a task "
                    + "sets nothing else").older("RETRY_MAX_RETRIES").live(),
            of("retry.initial_delay", duration("0s", "30d"), "1s", "the longest pause before the first retry")
                    .older("RETRY_INITIAL_DELAY").live(),
            of("retry.max_delay", duration("0s", "30d"), "30s", "the longest pause before any retry")
                    .older("RETRY_MAX_DELAY").live(),
            of("retry.backoff_factor", number(1, 100), "2", "what the pause grows by from one retry to the next")
                    .older("RETRY_BACKOFF_FACTOR").live(),

            of("retention.completed_max", integer(0, 100_000_000), "100000", "how many completed tasks are kept; none "
                    + "goes by this in its first 24 hours; 0 keeps all").older("QUEUE_MAX_COMPLETED_TASKS").live(),
            of("retention.completed_age", duration("0s", YEARS), "7d", "how long completed and cancelled tasks are "
                    + "kept; 0 keeps them").live(),
            of("retention.failed_age", duration("0s", YEARS), "30d", "how long failed tasks are kept; 0 keeps them")
                    .live(),
            of("retention.interval", duration("0s", "7d"), "0s", "tasks are forgotten in rounds this far apart; 0: "
                    + "each at its time").older("QUEUE_CLEANUP_INTERVAL").live(),

            of("limits.pending_tasks", integer(1, 10_000_000), "2000000", "pending tasks; a submit beyond it gets 429")
                    .live(),
            of("limits.metadata_bytes", size("0", "100%"), "12.5%", "the metadata of all tasks, which is in memory")
                    .live(),
            of("limits.task_metadata_bytes", size("2", "16MiB"), "64KiB", "the metadata of one task or cron task"),
            of("limits.task_bytes", size("1KiB", "1GiB"), "16MiB", "the body of a submit, and a task of a batch"),
            of("limits.batch_bytes", size("1KiB", "1GiB"), "64MiB", "the body of a batch"),
            of("limits.batch_tasks", integer(1, 10_000_000), "100000", "the tasks of a batch"),
            of("limits.other_body_bytes", size("1KiB", "1GiB"), "64KiB", "the body of any other request"),
            of("limits.bodies_bytes", size("1MiB", "100%"), "25%", "the bodies in memory at a time; beyond it 503"),
            of("limits.header_bytes", size("1KiB", "16MiB"), "64KiB", "a request's headers"),
            of("limits.json_depth", integer(1, JsonReader.DEPTH_LIMIT), "200", "how deep JSON may nest, a request's "
                    + "and a host's"),
            of("limits.line_bytes", size("1KiB", "1GiB"), "32MiB", "a line of a host's answer"),
            of("limits.answer_bytes", size("1KiB", "1GiB"), "64MiB", "a host's answer; beyond it the task fails"),
            of("limits.request_time", duration("1s", "1d"), "2m", "until a request has come, with its body"),
            of("limits.connections", integer(1, 1_000_000), "12000", "connections at a time; further ones are closed"),
            of("limits.event_streams", integer(0, 1_000_000), "1000", "event streams at a time, and "
                    + "as many WebSockets; beyond it 503"),
            of("limits.list", integer(1, 1_000_000), "1000", "tasks in one array of a listing"),
            of("limits.wait", duration("1s", "1d"), "10m", "the longest long-poll"),

            of("remote_scheduling.enabled", bool(), "false", "whether the endpoints are used"),
            of("remote_scheduling.health_check_interval", duration("1s", "1d"), "30s", "how often the hosts and "
                    + "endpoints are looked at").live(),
            of("remote_scheduling.fallback_to_local", bool(), "true", "whether the local hosts take what no endpoint "
                    + "took").live(),
            of("remote_scheduling.local_first_policy", bool(), "true", "local, unless asked for otherwise, critical, "
                    + "or high while the local queue is full; false: high and above go remote").live(),
            of("remote_scheduling.max_local_queue_size", integer(0, 10_000_000), "100", "so many waiting tasks make "
                    + "the local queue full; 0: it is never full").live(),
            of("remote_scheduling.endpoints[].name", text(), null, "what it is called; needed"),
            of("remote_scheduling.endpoints[].base_url", text(), null, "its address, as https://api.example.com/v1; "
                    + "needed"),
            of("remote_scheduling.endpoints[].api_key", optionalSecret(), null, "the key that it wants"),
            of("remote_scheduling.endpoints[].api_key_file", optionalPath(), null, "a file that holds the key"),
            of("remote_scheduling.endpoints[].priority", integer(-1_000_000, 1_000_000), "0", "the higher, the sooner "
                    + "it is chosen"),
            of("remote_scheduling.endpoints[].enabled", bool(), "true", "false: as if it were not there"),
            of("remote_scheduling.endpoints[].max_concurrent", integer(1, 10_000), "4", "how many tasks it runs at "
                    + "once at most"),
            of("remote_scheduling.endpoints[].models", texts("a list of models, or a map from our name to theirs"), "",
                    "the models that it has; without any, those that it lists"),
            of("remote_scheduling.endpoints[].timeout", duration("1ms", "30d"), null, "an attempt's whole time there, "
                    + "where it is less than the task's"),
            of("remote_scheduling.endpoints[].headers", new Type("a map of headers", true, true, null), "",
                    "further headers of its requests"),

            of("log_level", choice("debug", "info", "warn", "error", "off"), "info", "what is logged, and all above")
                    .older("LOG_LEVEL").live(),
            of("log_file", optionalPath(), null, "where the log goes; SIGHUP opens it anew; without one, to stderr")
                    .older("LOG_FILE").live(),

            of("client.server_url", text(), null, "the client's server; without it, server.host and server.port"),
            of("client.token", secret(), null, "the client's token for it; also $OLLAMA_QUEUE_TOKEN"));

    /// What the older program had and this one has no use for: keys of its file and its variables, with the reason.
    static final Map<String, String> WITHOUT_EFFECT = Map.of(
            "scheduling_interval", "tasks start the moment they can",
            "batch_size", "tasks start the moment they can",
            "SCHEDULER_INTERVAL", "tasks start the moment they can",
            "SCHEDULER_BATCH_SIZE", "tasks start the moment they can");

    private static final Map<String, Setting> BY_KEY = ALL.stream().collect(Collectors.toMap(Setting::key,
            Function.identity(), (one, other) -> one, LinkedHashMap::new));

    private Table() {
    }

    static Setting get(String key) {
        Setting setting = BY_KEY.get(key);
        if (setting == null) {
            throw new IllegalArgumentException("no setting " + key);
        }
        return setting;
    }
}
