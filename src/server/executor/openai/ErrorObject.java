package server.executor.openai;

import java.util.Map;

import server.executor.HostFailure;
import server.executor.Outcome.Cause;
import server.executor.wire.ErrorText;
import server.executor.wire.Refusal;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// An error inside an answer whose status promised a good one.
final class ErrorObject {

    private ErrorObject() {
    }

    /// @param says whether some of the answer came before
    /// @throws HostFailure if there is an error: final if it blames the request, otherwise it may pass
    static void check(Map<String, Slice> answer, String host, boolean says) throws HostFailure {
        Slice error = answer.get("error");
        if (error == null && isError(answer.get("object"))) {
            // vLLM's form, with the members of the error outside
            error = answer.get("message");
        }
        if (error == null) {
            return;
        }
        String text = ErrorText.of(error);
        boolean blamed = !says && Refusal.blamesRequest(text)
                || blames(Members.kind(error) == Kind.OBJECT ? Members.of(error, "error") : answer);
        throw blamed ? new HostFailure(Cause.FINAL, host + " refused: " + text)
                : new HostFailure(Cause.PASSING, host + " broke off: " + text);
    }

    /// A status within it, as routers of many hosts give it, or the type that OpenAI gives to a wrong request.
    private static boolean blames(Map<String, Slice> error) {
        Slice code = error.get("code");
        return code != null && code.text().matches("4\\d\\d") && !code.text().matches("40[89]|42[59]")
                || error.get("type") != null && error.get("type").text().equals("\"invalid_request_error\"");
    }

    private static boolean isError(Slice object) {
        return object != null && object.text().equals("\"error\"");
    }
}
