package server.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import server.dispatch.DispatchOptions;
import server.dispatch.HostOptions;
import server.dispatch.RoutingOptions;
import server.executor.Limits;
import server.http.HttpOptions;
import server.journal.JournalOptions;
import server.queue.state.QueueOptions;
import server.task.Terms;
import server.websocket.WebSocketOptions;

/// What each part of the server wants to know of the settings, in the part's own words.
public final class Options {

    private Options() {
    }

    public static HttpOptions http(Settings settings) {
        HttpOptions all = HttpOptions.DEFAULT;
        return new HttpOptions(settings.text("server.host"), settings.integer("server.port"), allowedHosts(settings),
                (int) settings.size("limits.task_bytes"), (int) settings.size("limits.batch_bytes"),
                settings.integer("limits.batch_tasks"), settings.size("limits.bodies_bytes"),
                (int) settings.size("limits.other_body_bytes"), (int) settings.size("limits.header_bytes"),
                settings.integer("limits.json_depth"),
                settings.duration("limits.request_time"), settings.integer("limits.connections"),
                settings.integer("limits.event_streams"), settings.integer("limits.list"),
                settings.duration("limits.wait"), all.pingEvery());
    }

    /// Null where there is to be no WebSocket.
    public static WebSocketOptions webSocket(Settings settings) {
        WebSocketOptions all = WebSocketOptions.DEFAULT;
        String asked = settings.text("server.ws_port");
        if ("0".equals(asked)) {
            return null;
        }
        int port = asked != null ? Integer.parseInt(asked)
                : settings.integer("server.port") == 0 ? WebSocketOptions.FREE : WebSocketOptions.NEXT;
        return new WebSocketOptions(port, (int) settings.size("limits.header_bytes"),
                settings.duration("limits.request_time"), settings.integer("limits.connections"),
                settings.integer("limits.event_streams"), all.messageMax(), all.pingEvery(), all.silenceMax(),
                all.stuckMax(), all.closeMax());
    }

    public static Set<String> allowedHosts(Settings settings) {
        Set<String> hosts = new HashSet<>();
        settings.texts("server.allowed_hosts").forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        return hosts;
    }

    public static QueueOptions queue(Settings settings) {
        return new QueueOptions(settings.integer("limits.pending_tasks"), settings.integer("retention.completed_max"),
                settings.duration("retention.completed_age"), settings.duration("retention.failed_age"),
                settings.size("limits.metadata_bytes"), settings.duration("retention.interval"));
    }

    public static JournalOptions journal(Settings settings) {
        return new JournalOptions((int) settings.size("storage.segment_size"));
    }

    public static DispatchOptions dispatch(Settings settings) {
        RemoteSettings remote = settings.remote();
        return new DispatchOptions(settings.integer("queue.workers"), settings.duration("task.idle_timeout"),
                new RoutingOptions(remote.healthCheckInterval(), remote.localFirst(), remote.fallbackToLocal(),
                        remote.maxLocalQueueSize()));
    }

    /// The local hosts, then the endpoints.
    public static List<HostOptions> hosts(Settings settings) {
        Limits limits = new Limits((int) settings.size("limits.line_bytes"),
                (int) settings.size("limits.answer_bytes"), settings.integer("limits.json_depth"));
        List<HostOptions> hosts = new ArrayList<>();
        for (HostSettings host : settings.hosts()) {
            hosts.add(new HostOptions(host.address(limits), null, false, host.weight(), host.maxConcurrent(), 0));
        }
        for (EndpointSettings endpoint : settings.remote().endpoints()) {
            hosts.add(new HostOptions(endpoint.address(limits), EndpointSettings.KIND, true, 1,
                    endpoint.maxConcurrent(), endpoint.priority()));
        }
        return hosts;
    }

    /// What a submit that says nothing gets.
    public static Terms terms(Settings settings) {
        Terms usual = Terms.DEFAULT;
        Terms terms = new Terms(0, 0, settings.duration("task.timeout").toMillis(),
                settings.integer("retry.max_retries"), settings.duration("retry.initial_delay").toMillis(),
                settings.duration("retry.max_delay").toMillis(), settings.number("retry.backoff_factor"), false, null,
                false);
        // field by field, for the first use of a record's own equals takes 16 ms
        boolean isUsual = terms.timeout() == usual.timeout() && terms.maxRetries() == usual.maxRetries()
                && terms.initialDelay() == usual.initialDelay() && terms.maxDelay() == usual.maxDelay()
                && terms.backoffFactor() == usual.backoffFactor();
        // the one instance that most tasks share
        return isUsual ? usual : terms;
    }
}
