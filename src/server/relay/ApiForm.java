package server.relay;

import java.util.ArrayList;
import java.util.List;

import server.access.Guard;
import server.http.Answer;
import server.http.Answer.Whole;
import shared.Problem;
import shared.json.JsonWriter;

/// The API of a relayed call, determined by its path: the form of its refusals before the head of an answer is sent.
/// [AnswerForm] has the form of what comes later.
public enum ApiForm {
    OLLAMA, OPENAI, RESPONSES, MESSAGES;

    /// `openai` (Python) gives up if it is told to wait longer, in seconds.
    private static final int RETRY_AFTER_MAX_SECONDS = 120;
    private static final int RETRY_AFTER_SECONDS = Integer.parseInt(Guard.RETRY_AFTER_SECONDS);

    /// The name by which the SDKs of OpenAI and Anthropic know it.
    private static final List<String> SHOULD_NOT_RETRY = List.of("x-should-retry", "false");

    /// Returns the API of a path: Ollama's own unless it is one of the others.
    ///
    /// @param path without a leading `/q/…`
    static ApiForm of(String path) {
        return isUnder(path, "/v1/responses") ? RESPONSES : isUnder(path, "/v1/messages") ? MESSAGES
                : isUnder(path, "/v1") ? OPENAI : OLLAMA;
    }

    private static boolean isUnder(String path, String start) {
        return path.startsWith(start) && (path.length() == start.length() || path.charAt(start.length()) == '/');
    }

    /// Returns the answer of a refusal. A request that is wrong stays wrong: clients that repeat by themselves, even
    /// after a 409, are told not to.
    Whole error(Problem problem) {
        Whole error = error(problem, problem.retryAfter() > 0 ? problem.retryAfter() : RETRY_AFTER_SECONDS, true);
        int status = problem.status();
        if (status >= 500 || status == 408 || status == 429) {
            return error;
        }
        List<String> headers = new ArrayList<>(List.of(error.headers()));
        headers.addAll(SHOULD_NOT_RETRY);
        return new Whole(status, error.type(), error.bytes(), error.length(), headers.toArray(new String[0]));
    }

    /// Returns the answer of a refusal.
    ///
    /// @param retryAfterSeconds when to try again, sent with 429 and 503; more than 120 becomes 120
    /// @param retry             false if the failure will not pass soon: clients that repeat by themselves then do not
    Whole error(Problem problem, long retryAfterSeconds, boolean retry) {
        int status = problem.status();
        List<String> headers = new ArrayList<>();
        if (!retry) {
            headers.addAll(SHOULD_NOT_RETRY);
        }
        if (status == 429 || status == 503 && retry) {
            headers.addAll(List.of("Retry-After",
                    Long.toString(Math.clamp(retryAfterSeconds, 1, RETRY_AFTER_MAX_SECONDS))));
        }
        // a 401 that is passed on asks for a key of the host's
        if (status == 401 && retry) {
            headers.addAll(List.of("WWW-Authenticate", "Bearer realm=\"ollama-queue\""));
        }
        JsonWriter json = new JsonWriter();
        write(json, problem);
        return Answer.json(status, json, headers.toArray(new String[0]));
    }

    /// Writes the object that reports an error.
    void write(JsonWriter json, Problem problem) {
        json.beginObject();
        if (this == MESSAGES) {
            json.name("type").string("error");
        }
        writeError(json, problem);
        json.endObject();
    }

    /// Writes the member that reports an error.
    void writeError(JsonWriter json, Problem problem) {
        String message = problem.getMessage();
        json.name("error");
        switch (this) {
            case OLLAMA -> json.string(message);
            case OPENAI, RESPONSES -> json.beginObject().name("message").string(message)
                    .name("type").string(type(problem.status())).name("param").nul().name("code").nul().endObject();
            case MESSAGES -> json.beginObject().name("type").string(type(problem.status()))
                    .name("message").string(message).endObject();
        }
    }

    /// Returns the word by which the SDKs of OpenAI and Anthropic recognise a kind of error.
    private String type(int status) {
        boolean anthropic = this == MESSAGES;
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> anthropic ? "billing_error" : "insufficient_quota";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> anthropic ? "request_too_large" : "invalid_request_error";
            case 429 -> "rate_limit_error";
            case 499 -> "api_error";
            case 503, 529 -> anthropic ? "overloaded_error" : "api_error";
            case 504 -> anthropic ? "timeout_error" : "api_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
