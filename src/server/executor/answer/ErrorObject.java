package server.executor.answer;

import java.util.Map;

import server.executor.HostFailure;
import server.executor.Outcome.Cause;
import server.executor.wire.ErrorText;
import server.executor.wire.Refusal;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// An error inside an answer whose status was a success.
public final class ErrorObject {

    private ErrorObject() {
    }

    /// Throws if an object contains an error.
    ///
    /// @param says whether a part of the answer came before
    /// @throws HostFailure if there is an error, with the cause that its status or text means
    public static void check(Map<String, Slice> answer, String host, boolean says) throws HostFailure {
        Slice error = answer.get("error");
        if (error == null && (isError(answer.get("object")) || isError(answer.get("type")))) {
            // the forms of vLLM and of OpenAI's responses, in which the error's members are those of the object itself
            error = answer.get("message");
        }
        if (error == null) {
            return;
        }
        String text = ErrorText.of(error);
        Cause cause = cause(Members.kind(error) == Kind.OBJECT ? Members.of(error, "error") : answer, text, says);
        throw new HostFailure(cause, host + (cause == Cause.PASSING ? " broke off: " : " refused: ") + text);
    }

    /// Decides by a status inside the error, as routers for many hosts give it, or by the type that OpenAI gives to a
    /// wrong request.
    private static Cause cause(Map<String, Slice> error, String text, boolean says) {
        Slice code = error.get("code");
        int status = code != null && code.text().matches("[45]\\d\\d") ? Integer.parseInt(code.text())
                : error.get("type") != null && error.get("type").text().equals("\"invalid_request_error\"") ? 400 : 500;
        // once the answer has begun, a server's error no longer means that the request was wrong
        return status >= 500 && says ? Cause.PASSING : Refusal.cause(status, text);
    }

    private static boolean isError(Slice kind) {
        return kind != null && kind.text().equals("\"error\"");
    }
}
