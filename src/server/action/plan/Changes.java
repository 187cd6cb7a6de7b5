package server.action.plan;

import shared.json.JsonReader;
import shared.json.JsonWriter;

/// What is to be otherwise when a task is retried. What a task was asked for stays on record, so such a retry submits a
/// new task. In the API and in the journal its members have the same names; the model and what follows it stand in
/// `with`.
///
/// @param on         the one host that may run it; null: as before
/// @param model      null: as before
/// @param numCtx     the option `num_ctx`; null: as before
/// @param maxRetries null: as before
/// @param delete     whether the task itself is deleted as the new one comes
public record Changes(String on, String model, Integer numCtx, Integer maxRetries, boolean delete) {

    /// All is to be as before.
    public static final Changes NONE = new Changes(null, null, null, null, false);
    /// The largest context, in tokens.
    public static final int NUM_CTX_MAX = 1 << 30;

    /// Returns whether anything is to be otherwise.
    public boolean isAny() {
        return on != null || model != null || numCtx != null || maxRetries != null;
    }

    /// Writes the members of an object.
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

    /// Reads an object whose members [#write] wrote; what a later version may have added is passed over.
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
