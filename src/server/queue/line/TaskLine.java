package server.queue.line;

import server.task.ApiPath;
import server.task.Attempt;
import server.task.Caller;
import server.task.Attempt.Chosen;
import server.task.CronId;
import server.task.CronOrigin;
import server.task.Placing;
import server.task.RunnerOptions;
import server.task.Task;
import server.task.TaskId;
import server.task.TaskState;
import server.task.Terms;
import server.task.Times;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// The member `task` of a journal line, and the attempts beside it (see [EventCodec]).
final class TaskLine {

    private final JsonReader in;
    private final Pool pool;

    private long id = -1;
    private TaskType type;
    private String model;
    private int priority;
    private TaskStatus status;
    private long createdAt;
    private long retryAt;
    private long startedAt;
    private long endedAt;
    private String host;
    private String rule;
    private Chosen chosen;
    private boolean cut;
    private int retries;
    private String error;
    private byte[] metadata;
    private CronOrigin cron;

    private boolean ownTerms;
    private long firstByteTimeout;
    private long scheduledAt;
    private long expiresAt;
    private long timeout = Terms.DEFAULT.timeout();
    private int maxRetries = Terms.DEFAULT.maxRetries();
    private long initialDelay = Terms.DEFAULT.initialDelay();
    private long maxDelay = Terms.DEFAULT.maxDelay();
    private double backoffFactor = Terms.DEFAULT.backoffFactor();
    private boolean remote;
    private String on;
    private boolean waitForModel;
    private String client;
    private ApiPath endpoint;
    private boolean relayed;
    private boolean keep;
    private boolean unrecorded;
    private boolean onlyOrders;
    private RunnerOptions runner;
    private String window;
    private long finishBy;
    private boolean late;
    private Integer priorityAsked;

    TaskLine(JsonReader in, Pool pool) {
        this.in = in;
        this.pool = pool;
    }

    // ---- writing

    static void write(JsonWriter out, Task task) {
        TaskState state = task.state();
        out.beginObject();
        out.name("id").string(task.name());
        out.name("type").string(task.type().text);
        out.name("model").string(task.model());
        out.name("priority").number(task.priority());
        out.name("status").string(state.status().text);
        time(out, "created_at", task.createdAt());
        if (state instanceof TaskState.Pending pending) {
            time(out, "retry_at", pending.retryAt());
        }
        time(out, "started_at", state.startedAt());
        time(out, "completed_at", state.endedAt());
        text(out, "executed_on", state.host());
        flag(out, "cut", state.cut());
        if (state instanceof TaskState.Running running) {
            text(out, "rule", running.rule());
            chosen(out, running.chosen());
        }
        if (task.retries() != 0) {
            out.name("retry_count").number(task.retries());
        }
        text(out, "error", state.error());
        terms(out, task.terms());
        if (task.cron() != null) {
            out.name("cron").beginObject();
            out.name("id").string(CronId.format(task.cron().cron()));
            out.name("name").string(task.cron().name());
            out.name("run").number(task.cron().run());
            time(out, "due_at", task.cron().dueAt());
            out.endObject();
        }
        if (task.metadata() != null) {
            out.name("metadata").raw(task.metadata());
        }
        out.endObject();
    }

    static void write(JsonWriter out, Attempt attempt) {
        out.beginObject();
        out.name("attempt").number(attempt.number());
        text(out, "host", attempt.host());
        text(out, "rule", attempt.rule());
        chosen(out, attempt.chosen());
        time(out, "started_at", attempt.startedAt());
        time(out, "ended_at", attempt.endedAt());
        text(out, "error", attempt.error());
        flag(out, "uncounted", !attempt.counted());
        flag(out, "died", attempt.died());
        if (attempt.loadMs() >= 0) {
            out.name("load_ms").number(attempt.loadMs());
        }
        number(out, "tokens", attempt.tokens(), -1);
        out.endObject();
    }

    private static void terms(JsonWriter out, Terms terms) {
        if (terms == Terms.DEFAULT) {
            return;
        }
        time(out, "scheduled_at", terms.scheduledAt());
        time(out, "expires_at", terms.expiresAt());
        number(out, "timeout_ms", terms.timeout(), Terms.DEFAULT.timeout());
        number(out, "max_retries", terms.maxRetries(), Terms.DEFAULT.maxRetries());
        number(out, "initial_delay_ms", terms.initialDelay(), Terms.DEFAULT.initialDelay());
        number(out, "max_delay_ms", terms.maxDelay(), Terms.DEFAULT.maxDelay());
        if (terms.backoffFactor() != Terms.DEFAULT.backoffFactor()) {
            out.name("backoff_factor").number(Double.toString(terms.backoffFactor()));
        }
        flag(out, "remote_execution", terms.remote());
        text(out, "on", terms.on());
        flag(out, "wait_for_model", terms.waitForModel());
        number(out, "first_byte_timeout_ms", terms.firstByteTimeout(), 0);
        text(out, "client", terms.caller().client());
        if (terms.caller().endpoint() != null) {
            out.name("endpoint").string(terms.caller().endpoint().path);
        }
        flag(out, "relayed", terms.caller().relayed());
        flag(out, "keep", terms.caller().keep());
        flag(out, "unrecorded", !terms.caller().record());
        flag(out, "only_orders", terms.caller().onlyOrders());
        if (terms.runner() != null) {
            terms.runner().write(out.name("runner"));
        }
        text(out, "window", terms.placing().window());
        time(out, "finish_by", terms.placing().finishBy());
        flag(out, "late", terms.placing().late());
        if (terms.placing().priorityAsked() != null) {
            out.name("priority_asked").number(terms.placing().priorityAsked());
        }
    }

    private static void chosen(JsonWriter out, Chosen chosen) {
        if (chosen != null) {
            out.name("chosen").string(chosen.toString());
        }
    }

    static void time(JsonWriter out, String name, long time) {
        if (time != 0) {
            Times.write(out.name(name), time);
        }
    }

    static void text(JsonWriter out, String name, String text) {
        if (text != null) {
            out.name(name).string(text);
        }
    }

    static void number(JsonWriter out, String name, long number, long usual) {
        if (number != usual) {
            out.name(name).number(number);
        }
    }

    static void flag(JsonWriter out, String name, boolean value) {
        if (value) {
            out.name(name).bool(true);
        }
    }

    // ---- reading

    /// Returns the task without its order, arrival, positions and attempts, which are not in this member.
    Task read() {
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "id" -> id = TaskId.parse(in.string());
                case "type" -> type = TaskType.parse(in.word());
                case "model" -> model = pool.share(in.word());
                case "priority" -> priority = Integer.parseInt(in.number());
                case "status" -> status = TaskStatus.parse(in.word());
                case "created_at" -> createdAt = time(in);
                case "retry_at" -> retryAt = time(in);
                case "started_at" -> startedAt = time(in);
                case "completed_at" -> endedAt = time(in);
                case "executed_on" -> host = pool.share(in.word());
                case "rule" -> rule = pool.share(in.word());
                case "chosen" -> chosen = Chosen.parse(in.string());
                case "cut" -> cut = in.bool();
                case "retry_count" -> retries = Integer.parseInt(in.number());
                case "error" -> error = pool.share(in.string());
                case "metadata" -> metadata = in.raw().toBytes();
                case "cron" -> cron = origin();
                default -> term(name);
            }
        }
        if (id < 0 || type == null || model == null || status == null) {
            throw in.error("a task without id, type, model or status");
        }
        return new Task(id, type, model, priority, state(), createdAt, terms(), metadata, retries, cron);
    }

    private CronOrigin origin() {
        long cronId = -1;
        String name = "";
        long run = 0;
        long dueAt = 0;
        in.beginObject();
        for (String member = in.nextName(); member != null; member = in.nextName()) {
            switch (member) {
                case "id" -> cronId = CronId.parse(in.string());
                case "name" -> name = pool.share(in.string());
                case "run" -> run = Long.parseLong(in.number());
                case "due_at" -> dueAt = time(in);
                default -> in.skip();
            }
        }
        return new CronOrigin(cronId, name, run, dueAt);
    }

    static Attempt readAttempt(JsonReader in, Pool pool) {
        int number = 0;
        String host = null;
        String rule = null;
        long startedAt = 0;
        long endedAt = 0;
        String error = null;
        boolean counted = true;
        boolean died = false;
        long loadMs = -1;
        long tokens = -1;
        Chosen chosen = null;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "attempt" -> number = Integer.parseInt(in.number());
                case "host" -> host = pool.share(in.string());
                case "rule" -> rule = pool.share(in.word());
                case "started_at" -> startedAt = time(in);
                case "ended_at" -> endedAt = time(in);
                case "error" -> error = pool.share(in.string());
                case "uncounted" -> counted = !in.bool();
                case "died" -> died = in.bool();
                case "chosen" -> chosen = Chosen.parse(in.string());
                case "load_ms" -> loadMs = Long.parseLong(in.number());
                case "tokens" -> tokens = Long.parseLong(in.number());
                default -> in.skip();
            }
        }
        return new Attempt(number, host, startedAt, endedAt, error, counted, rule, died, loadMs, tokens, chosen);
    }

    private void term(String name) {
        ownTerms = true;
        switch (name) {
            case "scheduled_at" -> scheduledAt = time(in);
            case "expires_at" -> expiresAt = time(in);
            case "timeout_ms" -> timeout = Long.parseLong(in.number());
            case "max_retries" -> maxRetries = Integer.parseInt(in.number());
            case "initial_delay_ms" -> initialDelay = Long.parseLong(in.number());
            case "max_delay_ms" -> maxDelay = Long.parseLong(in.number());
            case "backoff_factor" -> backoffFactor = factor();
            case "remote_execution" -> remote = in.bool();
            case "on" -> on = pool.share(in.string());
            case "wait_for_model" -> waitForModel = in.bool();
            case "client" -> client = pool.share(in.string());
            case "endpoint" -> endpoint = ApiPath.parse(in.word());
            case "relayed" -> relayed = in.bool();
            case "keep" -> keep = in.bool();
            case "unrecorded" -> unrecorded = in.bool();
            case "only_orders" -> onlyOrders = in.bool();
            case "runner" -> runner = pool.share(RunnerOptions.read(in));
            case "window" -> window = pool.share(in.string());
            case "finish_by" -> finishBy = time(in);
            case "late" -> late = in.bool();
            case "priority_asked" -> priorityAsked = Integer.valueOf(in.number());
            case "first_byte_timeout_ms" -> firstByteTimeout = Long.parseLong(in.number());
            // a later version may have further members
            default -> in.skip();
        }
    }

    private double factor() {
        double factor = Double.parseDouble(in.number());
        if (Double.isInfinite(factor)) {
            throw in.error("a factor that is not a number");
        }
        return factor;
    }

    private Terms terms() {
        return ownTerms ? pool.share(new Terms(scheduledAt, expiresAt, timeout, maxRetries, initialDelay, maxDelay,
                backoffFactor, remote, on, waitForModel, firstByteTimeout, caller(), runner, placing()))
                : Terms.DEFAULT;
    }

    private Placing placing() {
        Placing placing = new Placing(window, finishBy, late, priorityAsked);
        return placing.equals(Placing.NONE) ? Placing.NONE : pool.share(placing);
    }

    private Caller caller() {
        return client == null && endpoint == null && !relayed ? Caller.NONE
                : pool.share(new Caller(client, endpoint, relayed, keep, !unrecorded, onlyOrders));
    }

    private TaskState state() {
        return switch (status) {
            case PENDING -> retryAt == 0 && error == null ? TaskState.Pending.READY
                    : new TaskState.Pending(retryAt, error);
            case RUNNING -> new TaskState.Running(startedAt, host, rule, chosen, 0);
            case COMPLETED -> new TaskState.Completed(startedAt, endedAt, host, cut);
            case FAILED -> new TaskState.Failed(startedAt, endedAt, host, error);
            case CANCELLED -> new TaskState.Cancelled(startedAt, endedAt, host, error);
        };
    }

    static long time(JsonReader in) {
        return Times.parse("time", in.word());
    }
}
