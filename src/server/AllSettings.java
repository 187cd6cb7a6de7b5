package server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import server.access.Guard;
import server.access.RequestLimits;
import server.api.HttpApi;
import server.dispatch.DispatchOptions;
import server.dispatch.HostOptions;
import server.dispatch.HostSettings;
import server.executor.ExecutorRegistry;
import server.http.WebServer;
import server.journal.JournalOptions;
import server.log.Log;
import server.order.OrderOptions;
import server.order.limits.OrderLimits;
import server.queue.state.QueueOptions;
import server.relay.RelayOptions;
import server.settings.CommandLine;
import server.settings.Loader;
import server.settings.Setting;
import server.settings.Settings;
import server.settings.Table;
import server.task.Terms;
import server.tls.Tls;
import server.tool.SettingsReader;
import server.websocket.WebSocketOptions;
import shared.Problem;

/// The settings of the server, collected from its rooms, read and checked.
///
/// @param loaded the settings and their origins
/// @param kinds  the kinds of host that were used to check the hosts
/// @param hosts  the local hosts, then the endpoints
public record AllSettings(Loader loaded, ExecutorRegistry kinds, List<HostOptions> hosts) {

    private static final List<Setting<?>> CLIENT = List.of(
            Setting.text("client.server_url").says("the server that the client asks; without it server.host and "
                    + "server.port"),
            Setting.secret("client.token").says("the token that the client sends to it; also $OLLAMA_QUEUE_TOKEN"),
            Setting.path("client.ca_cert").optional().says("PEM file of certificates that the client trusts in "
                    + "addition to "
                    + "the JDK's"));

    private static final String NO_ROUNDS = "tasks start the moment they can";

    /// All settings. A new room adds its list here.
    public static final Table TABLE = new Table(List.of(WebServer.SETTINGS, Tls.SETTINGS, WebSocketOptions.SETTINGS,
            Guard.SETTINGS, Server.SETTINGS, JournalOptions.SETTINGS, DispatchOptions.settings(), Terms.SETTINGS,
            QueueOptions.SETTINGS, OrderOptions.SETTINGS, OrderLimits.SETTINGS, RequestLimits.SETTINGS,
            HttpApi.SETTINGS, RelayOptions.SETTINGS, Log.SETTINGS, CLIENT),
            Map.of("scheduling_interval", NO_ROUNDS, "batch_size", NO_ROUNDS, "SCHEDULER_INTERVAL", NO_ROUNDS,
                    "SCHEDULER_BATCH_SIZE", NO_ROUNDS));

    /// For the offline commands.
    public static final SettingsReader READER =
            new SettingsReader(TABLE, (line, environment) -> load(line, environment, null).loaded());

    /// Reads the settings, and lets the rooms check them together.
    ///
    /// @param running the kinds of host of the running server; null if none runs: the kinds are searched for now
    /// @throws Problem with every mistake
    public static AllSettings load(CommandLine line, Map<String, String> environment, ExecutorRegistry running) {
        List<Problem> problems = new ArrayList<>();
        AllSettings all = check(new Loader(TABLE, line, environment, problems), running, problems);
        if (!problems.isEmpty()) {
            throw Problem.all(problems);
        }
        return all;
    }

    /// Checks settings as [#load] does.
    ///
    /// @param problems receives every mistake
    public static AllSettings check(Loader loaded, ExecutorRegistry running, List<Problem> problems) {
        Settings settings = loaded.settings();
        ExecutorRegistry kinds = running;
        try {
            kinds = running == null ? ExecutorRegistry.load(settings.get(HostSettings.PLUGINS)) : running;
        } catch (Problem unusable) {
            problems.add(settings.wrong(HostSettings.PLUGINS, ": " + unusable.getMessage()));
        }
        try {
            Terms.of(settings);
        } catch (Problem wrong) {
            problems.add(wrong);
        }
        OrderLimits.read(settings, problems::add);
        return new AllSettings(loaded, kinds, HostSettings.read(settings, kinds, problems::add));
    }

    Settings settings() {
        return loaded.settings();
    }
}
