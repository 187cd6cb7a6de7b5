package server.task;

import java.util.Locale;

import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The options of a request that make Ollama start another runner for a model; null leaves an option to Ollama. Equal
/// ones share one instance. (See `needsReload` in `server/sched.go` of Ollama 0.33.)
public record RunnerOptions(Long numCtx, Long numBatch, Long numGpu, Long mainGpu, Boolean useMmap, Long numThread,
        Long draftNumPredict, Boolean shift) {

    /// The options of a request that has options, but none of these.
    public static final RunnerOptions NONE = new RunnerOptions(null, null, null, null, null, null, null, null);

    /// Reads the options of a stored payload.
    ///
    /// @param endpoint null: the endpoint for the type in Ollama's own API
    /// @return null if the payload has no options at all, or its API has none
    public static RunnerOptions of(TaskType type, ApiPath endpoint, Slice payload) {
        Reading reading = new Reading();
        try {
            JsonReader json = JsonReader.ofOwn(payload);
            json.beginObject();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                if (!reading.read(folded(name), json)) {
                    json.skip();
                }
            }
        } catch (JsonException noObject) {
            return null;
        }
        return reading.options(type, endpoint);
    }

    /// Returns a member's name as Go compares it: in lower case, with the long s and the Kelvin sign as their letters.
    public static String folded(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /// Reads what [#write] wrote; ignores members that a later version may have added.
    public static RunnerOptions read(JsonReader json) {
        Reading reading = new Reading();
        reading.object(json, true);
        return reading.build();
    }

    /// Writes the options that are set, as an object.
    public void write(JsonWriter out) {
        out.beginObject();
        number(out, "num_ctx", numCtx);
        number(out, "num_batch", numBatch);
        number(out, "num_gpu", numGpu);
        number(out, "main_gpu", mainGpu);
        flag(out, "use_mmap", useMmap);
        number(out, "num_thread", numThread);
        number(out, "draft_num_predict", draftNumPredict);
        flag(out, "shift", shift);
        out.endObject();
    }

    private static void number(JsonWriter out, String name, Long value) {
        if (value != null) {
            out.name(name).number(value);
        }
    }

    private static void flag(JsonWriter out, String name, Boolean value) {
        if (value != null) {
            out.name(name).bool(value);
        }
    }

    /// Collects the options from the members of one request, as leniently as Ollama: several `options` objects are
    /// merged, a null unsets, a fraction is truncated. A value that Ollama refuses counts as absent; Ollama will report
    /// it.
    static final class Reading {

        private boolean given;
        private Long numCtx;
        private Long numBatch;
        private Long numGpu;
        private Long mainGpu;
        private Boolean useMmap;
        private Long numThread;
        private Long draftNumPredict;
        private Boolean shift;

        /// Reads a member's value if the member is one of those read here.
        ///
        /// @param member its name, [#folded]
        boolean read(String member, JsonReader json) {
            switch (member) {
                case "options" -> object(json, false);
                case "shift" -> {
                    given = true;
                    shift = bool(json);
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        /// @return null if none of these members was present, or the API has none of them
        RunnerOptions options(TaskType type, ApiPath endpoint) {
            if (!given || endpoint != null && !endpoint.ollamas()) {
                return null;
            }
            shift = type == TaskType.EMBED ? null : shift;
            return build();
        }

        private void object(JsonReader json, boolean own) {
            given = true;
            Kind kind = json.peek();
            if (kind != Kind.OBJECT) {
                json.skip();
                if (kind == Kind.NULL) {
                    clear();
                }
                return;
            }
            json.beginObject();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                // Go reads these as the keys of a map, so case matters
                switch (name) {
                    case "num_ctx" -> numCtx = number(json);
                    case "num_batch" -> numBatch = number(json);
                    case "num_gpu" -> numGpu = number(json);
                    case "main_gpu" -> mainGpu = number(json);
                    case "use_mmap" -> useMmap = bool(json);
                    case "num_thread" -> numThread = number(json);
                    case "draft_num_predict" -> draftNumPredict = number(json);
                    case "shift" -> {
                        if (own) {
                            shift = bool(json);
                        } else {
                            json.skip();
                        }
                    }
                    default -> json.skip();
                }
            }
        }

        private void clear() {
            numCtx = null;
            numBatch = null;
            numGpu = null;
            mainGpu = null;
            useMmap = null;
            numThread = null;
            draftNumPredict = null;
        }

        private static Long number(JsonReader json) {
            if (json.peek() != Kind.NUMBER) {
                json.skip();
                return null;
            }
            double number = Double.parseDouble(json.number());
            return Double.isInfinite(number) ? null : (Long) (long) number;
        }

        private static Boolean bool(JsonReader json) {
            if (json.peek() == Kind.BOOLEAN) {
                return json.bool();
            }
            json.skip();
            return null;
        }

        private RunnerOptions build() {
            RunnerOptions options = new RunnerOptions(numCtx, numBatch, numGpu, mainGpu, useMmap, numThread,
                    draftNumPredict, shift);
            return options.equals(NONE) ? NONE : options;
        }
    }
}
