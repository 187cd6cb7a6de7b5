package server.action.plan;

import shared.json.JsonReader;
import shared.json.JsonWriter;

/// The changes with which a task is retried. The recorded request of a task never changes, so such a retry submits a
/// new task. In the API and in the journal its members have the same names; the model and the ones after it are in
/// `with`.
///
/// @param on         the only host that may run it; null: unchanged
/// @param model      null: unchanged
/// @param numCtx     the option `num_ctx`, in tokens; null: unchanged
/// @param maxRetries null: unchanged
/// @param delete     whether the old task is deleted together with the submit of the new one
public record Changes(String on, String model, Integer numCtx, Integer maxRetries, boolean delete) {

    /// No changes.
    public static final Changes NONE = new Changes(null, null, null, null, false);
    /// The largest context, in tokens.
    public static final int NUM_CTX_MAX = 1 << 30;

    /// Returns whether anything but `delete` is set.
    public boolean isAny() {
        return on != null || model != null || numCtx != null || maxRetries != null;
    }

    /// Writes the members into an object that is already open.
    public void write(JsonWriter out) {
        if (on != null) {
            out.name("on").string(on);
        }
        if (model != null || numCtx != null || maxRetries != null) {
            out.name("with").beginObject();
            if (model != null) {
                out.name("model").string(model);
            }
            number(out, "num_ctx", numCtx);
            number(out, "max_retries", maxRetries);
            out.endObject();
        }
        if (delete) {
            out.name("delete").bool(true);
        }
    }

    private static void number(JsonWriter out, String name, Integer value) {
        if (value != null) {
            out.name(name).number(value);
        }
    }

    /// Reads an object with the members that [#write] wrote; unknown members, of a later version, are ignored.
    public static Changes read(JsonReader in) {
        String on = null;
        Changes with = NONE;
        String model = null;
        Integer numCtx = null;
        Integer maxRetries = null;
        boolean delete = false;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "on" -> on = in.string();
                case "with" -> with = read(in);
                case "model" -> model = in.string();
                case "num_ctx" -> numCtx = Integer.valueOf(in.number());
                case "max_retries" -> maxRetries = Integer.valueOf(in.number());
                case "delete" -> delete = in.bool();
                default -> in.skip();
            }
        }
        return new Changes(on, model == null ? with.model : model, numCtx == null ? with.numCtx : numCtx,
                maxRetries == null ? with.maxRetries : maxRetries, delete);
    }
}
