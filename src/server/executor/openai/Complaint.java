package server.executor.openai;

import java.net.http.HttpHeaders;
import java.time.InstantSource;
import java.util.regex.Pattern;

import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.wire.ErrorText;
import server.executor.wire.Refusal;
import shared.json.Json;
import shared.json.JsonException;

/// Tells from an error's status and text whose fault it is: as [Refusal] does, but for what only these hosts say.
///
/// | status | cause |
/// |---|---|
/// | 401, 403 | FINAL, with what to set |
/// | 400, 404 about the model's name | MODEL_MISSING |
/// | another 404 | FINAL, for the base is wrong |
final class Complaint {

    /// `model 'x' not found`, ``The model `x` does not exist``, `x is not a valid model ID`, `Invalid model name`.
    private static final Pattern NO_MODEL = Pattern.compile("\\bmodel\\b.*\\b(not found|does not exist)"
            + "|not a valid model|invalid model name|unknown model|no such model", Pattern.CASE_INSENSITIVE);

    private Complaint() {
    }

    /// @param model our name of the model
    static Outcome.Failed of(int status, HttpHeaders headers, byte[] body, Endpoint endpoint, String model,
            InstantSource clock) {
        String text = ErrorText.ofBody(body);
        String host = endpoint.name();
        String says = text.isEmpty() ? "" : ": " + text;
        return switch (status) {
            case 401 -> failed(Cause.FINAL, host + (endpoint.apiKey().isEmpty() ? " wants an API key (401)"
                    : " does not accept the API key (401)") + says + "; check the endpoint's api_key");
            case 403 -> failed(Cause.FINAL, host + " does not allow it (403)" + says
                    + "; check what the endpoint's api_key is allowed");
            case 400, 404 -> {
                if (code(body).equals("model_not_found") || NO_MODEL.matcher(text).find()) {
                    yield failed(Cause.MODEL_MISSING, "model '" + model + "' not found on " + host);
                }
                yield failed(Cause.FINAL, host + " answered " + status + says + (status == 400 ? ""
                        : " (base_url must reach to where the API begins, " + endpoint.baseUrl() + " does not)"));
            }
            default -> Refusal.of(status, headers, text, host, model, clock);
        };
    }

    private static String code(byte[] body) {
        try {
            if (Json.parse(body) instanceof Json.Obj object && object.get("error") instanceof Json.Obj error
                    && error.text("code") != null) {
                return error.text("code");
            }
        } catch (JsonException notJson) {
            // a page of a proxy
        }
        return "";
    }

    private static Outcome.Failed failed(Cause cause, String message) {
        return new Outcome.Failed(cause, message, null);
    }
}
