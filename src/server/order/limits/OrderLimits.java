package server.order.limits;

import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import server.order.RunnerKey;
import server.settings.Setting;
import server.settings.Settings;
import server.access.ClientName;
import server.task.SubmitRules;
import server.task.Task;
import shared.Nearest;
import shared.Problem;

/// The limits of clients and models, and the windows, as the settings define them.
///
/// @param clients the limits of the clients that have an entry, by name
/// @param usual   the limits of tasks without a client, and of clients without an entry
/// @param models  how many tasks of a model may run at once, by its name without `:latest`
/// @param windows the windows, by name
public record OrderLimits(Map<String, ClientLimits> clients, ClientLimits usual, Map<String, Integer> models,
        Map<String, Window> windows) implements SubmitRules {

    private static final String EACH = "clients{}.";
    private static final String USUAL = "default";
    private static final int TASKS_MAX = 10_000_000;
    private static final int RATE_MAX = 1_000_000;
    private static final int NAME_LENGTH_MAX = 512;

    private static final Setting<Double> WEIGHT = Setting.number(EACH + "weight", 1, 1000).byDefault("1").live()
            .says("the client's share of the hosts, relative to other clients' weights; `clients.default` applies "
                    + "to tasks without a client and to clients without an entry");
    private static final Setting<Integer> MAX_RUNNING = Setting.integer(EACH + "max_running", 0, TASKS_MAX).live()
            .says("how many of its tasks may run at once");
    private static final Setting<Integer> MAX_PENDING = Setting.integer(EACH + "max_pending", 0, TASKS_MAX).live()
            .says("how many of its tasks may be pending; a submit beyond it is answered with 429");
    private static final Setting<Integer> PRIORITY_MAX = Setting.priority(EACH + "priority_max").live()
            .says("the highest priority of its tasks; a higher one is lowered to it");
    private static final Setting<Integer> RATE = Setting.integer(EACH + "requests_per_minute", 1, RATE_MAX).live()
            .says("most submits, batches and relayed calls of the client in any minute; further ones are answered "
                    + "with 429 and Retry-After");
    private static final Setting<String> WINDOW = Setting.text(EACH + "window").live()
            .says("the window in which its tasks start, unless they name one");
    private static final Setting<Integer> MODEL_RUNNING = Setting.integer("models{}.max_running", 0, TASKS_MAX).live()
            .says("how many tasks of the model may run at once");
    private static final Setting<Map<String, String>> WINDOWS = Setting.pairs("windows",
            "a map from names to times of the day", false, OrderLimits::checkWindow).live()
            .says("times of the day by name, " + Window.FORM + "; a task with a `window` starts only within it");
    public static final List<Setting<?>> SETTINGS = List.of(WEIGHT, MAX_RUNNING, MAX_PENDING, PRIORITY_MAX, RATE,
            WINDOW, MODEL_RUNNING, WINDOWS);

    /// No limits.
    public static final OrderLimits NONE = of(Settings.DEFAULT);

    /// Makes the limits from settings that have been checked.
    public static OrderLimits of(Settings settings) {
        return read(settings, problem -> { });
    }

    /// Reads the limits of clients and models.
    ///
    /// @param problems receives every error
    public static OrderLimits read(Settings settings, Consumer<Problem> problems) {
        Map<String, Window> windows = new TreeMap<>();
        settings.get(WINDOWS).forEach((name, text) ->
                windows.put(name, Window.parse(text, ZoneId.systemDefault())));
        Map<String, ClientLimits> clients = new HashMap<>();
        for (Settings client : settings.list(WEIGHT)) {
            if (!ClientName.is(client.name())) {
                problems.accept(client.wrongName(": the name of a client must be " + ClientName.RULE));
            }
            String window = client.get(WINDOW);
            if (window != null && !windows.containsKey(window)) {
                problems.accept(client.wrong(WINDOW, ": " + unknown(window, windows)));
            }
            clients.put(client.name(), new ClientLimits(client.get(WEIGHT), most(client.get(MAX_RUNNING)),
                    most(client.get(MAX_PENDING)), most(client.get(PRIORITY_MAX)), most(client.get(RATE)), window));
        }
        Map<String, Integer> models = new HashMap<>();
        for (Settings model : settings.list(MODEL_RUNNING)) {
            if (model.name().isBlank() || model.name().length() > NAME_LENGTH_MAX) {
                problems.accept(model.wrongName(": the name of a model must have 1 to " + NAME_LENGTH_MAX
                        + " characters"));
            }
            if (models.put(RunnerKey.plain(model.name()), most(model.get(MODEL_RUNNING))) != null) {
                problems.accept(model.wrongName(" is given twice; :latest is the same model"));
            }
        }
        ClientLimits usual = clients.remove(USUAL);
        return new OrderLimits(Map.copyOf(clients), usual == null ? ClientLimits.NONE : usual, Map.copyOf(models),
                windows);
    }

    /// Returns the limits of a client.
    ///
    /// @param name null: tasks without a client
    public ClientLimits client(String name) {
        return name == null ? usual : clients.getOrDefault(name, usual);
    }

    /// Returns how many tasks of a model may run at once.
    public int modelMax(String model) {
        return models.isEmpty() ? Integer.MAX_VALUE : models.getOrDefault(RunnerKey.plain(model), Integer.MAX_VALUE);
    }

    /// Returns whether one more task of a client may run.
    ///
    /// @param client null: tasks without a client
    public boolean hasRoom(String client, Crowd crowd) {
        int most = client(client).maxRunning();
        return most == Integer.MAX_VALUE || crowd.running(client) < most;
    }

    /// Returns whether one more task of a model may run.
    public boolean modelHasRoom(String model, Crowd crowd) {
        int most = modelMax(model);
        return most == Integer.MAX_VALUE || crowd.runningOf(model) < most;
    }

    /// Returns the limit that keeps a task from starting now, for people; null for none.
    public String full(Task task, Crowd crowd) {
        String client = task.terms().caller().client();
        if (!hasRoom(client, crowd)) {
            return (client == null ? "tasks without a client" : "client " + client) + " may have "
                    + client(client).maxRunning() + " running";
        }
        return modelHasRoom(task.model(), crowd) ? null
                : "model " + task.model() + " may have " + modelMax(task.model()) + " running";
    }

    @Override
    public int priorityMax(String client) {
        return client(client).priorityMax();
    }

    @Override
    public String windowOf(String client) {
        return client(client).window();
    }

    @Override
    public void checkWindow(String name) {
        if (!windows.containsKey(name)) {
            throw Problem.badRequest("window: " + unknown(name, windows));
        }
    }

    private static String unknown(String name, Map<String, Window> windows) {
        return "no window is named \"" + Problem.shown(name) + "\"" + Nearest.hint(name, windows.keySet())
                + (windows.isEmpty() ? "; the setting windows has none"
                : "; there are " + String.join(", ", windows.keySet()));
    }

    private static void checkWindow(String name, String text) {
        if (!ClientName.is(name)) {
            throw new IllegalArgumentException("the name of a window must be " + ClientName.RULE);
        }
        // the name is checked first, with this as the value
        if (!text.equals("x")) {
            try {
                Window.parse(text, ZoneId.systemDefault());
            } catch (Problem wrong) {
                throw new IllegalArgumentException(name + " " + wrong.getMessage());
            }
        }
    }

    private static int most(Integer given) {
        return given == null ? Integer.MAX_VALUE : given;
    }
}
