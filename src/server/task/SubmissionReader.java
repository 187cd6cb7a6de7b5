package server.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

import server.access.Asker;
import server.settings.Setting;
import server.settings.Settings;
import shared.Priority;
import shared.Problem;
import shared.TaskFields;
import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Reads a submit into a checked [Submission], in one pass. One instance serves all threads. An error in a single value
/// is a [JsonException] that names its place, an error in the whole a [Problem]; both are the user's mistake (400).
///
/// The older Go client also sends the fields that the server sets, with zero values; these are ignored. Any other value
/// of such a field is an error, because it would have no effect.
public final class SubmissionReader {

    static final long GO_ZERO_TIME = Times.parse("time", "0001-01-01T00:00:00Z");

    public static final int MODEL_LENGTH_MAX = 512;
    public static final int HOST_LENGTH_MAX = TermsBuilder.HOST_LENGTH_MAX;
    public static final int RETRIES_MAX = TermsBuilder.RETRIES_MAX;

    static final Setting<String> DEFAULT_MODEL = Setting.text("default_model").byDefault("qwen3").live()
            .says("the model of a task that names none");
    static final Setting<Integer> TASK_METADATA_BYTES = Setting.size("limits.task_metadata_bytes", "2", "16MiB")
            .byDefault("64KiB").says("largest metadata of a task or cron task");
    public static final Setting<Integer> JSON_DEPTH = Setting.integer("limits.json_depth", 1, JsonReader.DEPTH_LIMIT)
            .byDefault("" + JsonReader.DEPTH_MAX).says("maximum nesting depth of JSON in requests and hosts' answers; "
                    + "relayed calls have none");

    /// The fields that a submit may set, sorted.
    public static final List<String> KNOWN = known();

    /// @param model the model of a submit that names none
    /// @param terms the terms of a submit that sets none
    private record Defaults(String model, Terms terms, SubmitRules rules) {
    }

    private final BiConsumer<String, Boolean> hostCheck;
    private final int metadataMax;
    private final Function<Settings, SubmitRules> rules;
    private volatile Defaults defaults;

    /// @param rules     makes the rules for clients and windows from the settings
    /// @param hostCheck throws a [Problem] if no host has this name, or if the host is not an endpoint although one is
    ///                  wanted
    public SubmissionReader(Settings settings, Function<Settings, SubmitRules> rules,
            BiConsumer<String, Boolean> hostCheck) {
        this.rules = rules;
        this.metadataMax = settings.get(TASK_METADATA_BYTES);
        this.hostCheck = hostCheck;
        reconfigure(settings);
    }

    /// Returns the largest allowed metadata of a task or cron task, in bytes.
    public int metadataMax() {
        return metadataMax;
    }

    /// Applies the settings that a reload can change.
    public void reconfigure(Settings settings) {
        defaults = new Defaults(settings.get(DEFAULT_MODEL), Terms.of(settings), rules.apply(settings));
    }

    /// Reads a whole body from an asker without an identity.
    ///
    /// @param body the JSON object and nothing after it; the result may refer to it
    public Submission read(byte[] body) {
        JsonReader json = new JsonReader(body);
        Submission submission = read(json, Asker.ANYBODY);
        json.end();
        return submission;
    }

    /// Reads a whole body that was made from a recorded task, whose payload may be one that only the host judges.
    public Submission readAnew(byte[] body) {
        return read(JsonReader.ofOwn(Slice.of(body)), Asker.ANYBODY);
    }

    /// Reads the reader's next value, such as a batch's next task.
    ///
    /// @throws Problem 400 for a mistake; 403 if it names a client that the asker may not name
    public Submission read(JsonReader json, Asker asker) {
        FieldReader fields = new FieldReader(json);
        PayloadBuilder payload = new PayloadBuilder(fields);
        TermsBuilder terms = new TermsBuilder(defaults.terms());
        TaskType type = null;
        String model = null;
        Integer priority = null;
        byte[] metadata = null;
        boolean goZeros = false;
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (json.peek() == Kind.NULL && KNOWN.contains(name)) {
                json.nul();
                continue;
            }
            switch (name) {
                case "type" -> type = fields.parsed(TaskType::parse);
                case "model" -> model = fields.text(MODEL_LENGTH_MAX);
                case "priority" -> priority = fields.priority();
                case "metadata" -> metadata = metadata(fields, metadataMax);
                case "payload" -> payload.readPayload();
                case "created_at" -> {
                    goZeros = json.peek() == Kind.STRING;
                    zero(name, json);
                }
                default -> {
                    if (!payload.readField(name) && !terms.read(name, fields) && !zero(name, json)) {
                        throw fields.unknown(KNOWN, "; further fields of Ollama's request go into payload");
                    }
                }
            }
        }
        SubmitRules now = defaults.rules();
        Terms asked = terms.build(goZeros);
        String client = asker.client(asked.caller().client());
        int most = Math.min(asker.priorityMax(), now.priorityMax(client));
        Terms built = placed(asked.of(asked.caller().of(client)), priority, most, now);
        int allowed = Math.min(priority == null ? Priority.NORMAL.value : priority, most);
        ApiPath endpoint = built.caller().endpoint();
        if (endpoint == null) {
            payload.checkRequest();
        }
        if (type == null && endpoint == null) {
            throw Problem.badRequest("type is missing; it must be chat, generate or embed");
        }
        if (built.on() != null) {
            hostCheck.accept(built.on(), built.remote());
        }
        if (endpoint != null) {
            if (type != null && type != endpoint.type) {
                throw Problem.badRequest("type is " + type.text + ", but a task for " + endpoint.path + " is of type "
                        + endpoint.type.text + "; leave type out");
            }
            EndpointBody body = new EndpointBody(endpoint, payload.body());
            String name = model(model, body.model());
            return new Submission(endpoint.type, name, allowed, built.with(body.runner()), body.withModel(name),
                    metadata, body.preview(), body.head(), asker.pendingMax());
        }
        Slice request = payload.build(type);
        return new Submission(type, model(model, payload.model()), allowed, built.with(payload.runner(type)), request,
                metadata, payload.preview(type), null, asker.pendingMax());
    }

    /// The terms of a call of a host's API.
    ///
    /// @param user      the user that the calling program names; null for none
    /// @param on        the name of the one host that may run it; null: any
    /// @param expiresAt when it fails if it is still pending, milliseconds since the epoch; 0: never
    /// @param head      see [Submission]
    public record CallTerms(Caller caller, Asker asker, String user, String on, long expiresAt, int priority,
            Slice head) {
    }

    /// Makes the submission of a call of a host's API.
    ///
    /// @param body the body as it came
    /// @param read what was read of it
    /// @throws Problem 400 if the model's name is empty or too long, or its host cannot be chosen
    public Submission ofCall(CallTerms call, Slice body, RelayBody read) {
        String model = read.model();
        if (model.isEmpty() || model.length() > MODEL_LENGTH_MAX) {
            throw Problem.badRequest("model must have 1 to " + MODEL_LENGTH_MAX + " characters");
        }
        if (call.on() != null) {
            hostCheck.accept(call.on(), false);
        }
        SubmitRules now = defaults.rules();
        Caller caller = call.caller();
        int most = Math.min(call.asker().priorityMax(), now.priorityMax(caller.client()));
        Terms terms = placed(defaults.terms().of(caller, call.on(), call.expiresAt()),
                caller.onlyOrders() ? null : call.priority(), most, now);
        return new Submission(caller.endpoint().type, model, Math.min(call.priority(), most), terms.with(read.runner()),
                body, metadata(call.user()), read.preview(), call.head(), call.asker().pendingMax());
    }

    private byte[] metadata(String user) {
        byte[] metadata = user == null ? null
                : new JsonWriter().beginObject().name("user").string(user).endObject().toBytes();
        return metadata == null || metadata.length > metadataMax ? null : metadata;
    }

    /// Returns the terms with their client's window, if they name none, and with the asked priority, if it is lowered.
    ///
    /// @param asked null: no priority was asked for
    /// @param most  the highest priority allowed
    private static Terms placed(Terms terms, Integer asked, int most, SubmitRules rules) {
        String window = terms.placing().window() == null ? rules.windowOf(terms.caller().client())
                : terms.placing().window();
        if (window != null) {
            rules.checkWindow(window);
        }
        boolean lowered = asked != null && asked > most;
        return window == null && !lowered ? terms
                : terms.with(terms.placing().in(window).asked(lowered ? asked : null));
    }

    private String model(String model, String inPayload) {
        if (model == null) {
            return inPayload == null ? defaults.model() : inPayload;
        }
        if (inPayload != null && !inPayload.equals(model)) {
            throw Problem.badRequest("model is \"" + model + "\" but payload.model is \"" + inPayload
                    + "\"; give it once");
        }
        return model;
    }

    /// Reads the member `metadata`, an object; returns null if it is empty.
    ///
    /// @param max in bytes
    /// @throws JsonException if it is longer or not an object
    public static byte[] metadata(FieldReader fields, int max) {
        int from = fields.json.position();
        Slice slice = fields.json.raw(Kind.OBJECT);
        if (slice.length() > max) {
            throw fields.json.errorAt(from, "metadata has " + slice.length() + " bytes, at most "
                    + max + " are allowed");
        }
        return Values.isEmpty(slice) ? null : Values.oneLine(slice.toBytes(), slice.length());
    }

    /// Skips a field that the server sets, if its value is zero or empty (or `pending`, as every new task is); returns
    /// false if the server sets no such field.
    private static boolean zero(String name, JsonReader json) {
        if (!TaskFields.SERVERS.contains(name)) {
            return false;
        }
        int from = json.position();
        boolean zero = switch (json.peek()) {
            case NULL -> {
                json.nul();
                yield true;
            }
            case BOOLEAN -> !json.bool();
            case NUMBER -> json.number().equals("0");
            case STRING -> zero(name, json.string());
            case OBJECT, ARRAY -> Values.isEmpty(json.raw());
        };
        if (!zero) {
            throw json.errorAt(from, name + " is set by the server; leave it out");
        }
        return true;
    }

    private static boolean zero(String name, String value) {
        return value.isEmpty() || value.equals("0001-01-01T00:00:00Z")
                || name.equals("status") && value.equals("pending");
    }

    private static List<String> known() {
        List<String> known = new ArrayList<>(List.of("type", "model", "priority", "metadata", "payload"));
        known.addAll(TermsBuilder.FIELDS);
        known.addAll(PayloadBuilder.FIELDS);
        return known.stream().sorted().toList();
    }
}
