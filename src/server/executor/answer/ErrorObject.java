package server.executor.answer;

import java.util.Map;

import server.executor.HostFailure;
import server.executor.Outcome.Cause;
import server.executor.wire.ErrorText;
import server.executor.wire.Refusal;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// An error inside an answer whose status promised a good one.
public final class ErrorObject {

    private ErrorObject() {
    }

    /// Fails if an object holds an error.
    ///
    /// @param says whether some of the answer came before
    /// @throws HostFailure if there is an error, with the cause that its status or its words mean
    public static void check(Map<String, Slice> answer, String host, boolean says) throws HostFailure {
        Slice error = answer.get("error");
        if (error == null && (isError(answer.get("object")) || isError(answer.get("type")))) {
            // the forms of vLLM and of OpenAI's responses, with the members of the error outside
            error = answer.get("message");
        }
        if (error == null) {
            return;
        }
        String text = ErrorText.of(error);
        Cause cause = cause(Members.kind(error) == Kind.OBJECT ? Members.of(error, "error") : answer, text, says);
        throw new HostFailure(cause, host + (cause == Cause.PASSING ? " broke off: " : " refused: ") + text);
    }

    /// By a status within it, as routers of many hosts give it, or the type that OpenAI gives to a wrong request.
    private static Cause cause(Map<String, Slice> error, String text, boolean says) {
        Slice code = error.get("code");
        int status = code != null && code.text().matches("[45]\\d\\d") ? Integer.parseInt(code.text())
                : error.get("type") != null && error.get("type").text().equals("\"invalid_request_error\"") ? 400 : 500;
        // after some of the answer came, words of a server's error no longer blame the request
        return status >= 500 && says ? Cause.PASSING : Refusal.cause(status, text);
    }

    private static boolean isError(Slice kind) {
        return kind != null && kind.text().equals("\"error\"");
    }
}
