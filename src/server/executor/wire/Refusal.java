package server.executor.wire;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Pattern;

import server.executor.HostAnswer;
import server.executor.HostHead;
import server.executor.Outcome;
import server.executor.Outcome.Cause;

/// Decides what a host's refusal means: one table for every status and every kind of host, in which the first matching
/// row decides. [Cause] says what follows from each cause.
public final class Refusal {

    /// `model 'x' not found`, `model "x" not found, try pulling it first`, ``The model `x` does not exist``, `x is not
    /// a valid model ID`, `Invalid model name`; OpenAI's error code.
    private static final Pattern MODEL = says("\\bmodel\\b.*\\b(not found|does not exist)|not a valid model"
            + "|invalid model name|unknown model|no such model|\\bmodel_not_found\\b");

    /// Errors that the same request would get again: a wrong option, format, image or template, a context that is too
    /// long, an embedding that JSON cannot represent. Ollama answers 500 to most of these.
    private static final Pattern REQUEST = says("^option \".*\" must be |^invalid |^template: |failed to process inputs"
            + "|missing data required for image|does not support|illegal base64|unknown format|unsupported image"
            + "|cannot unmarshal|unsupported value: [+-]?(NaN|Inf)|exceeds (the )?(maximum |available )*context");

    /// Errors about the size or content of a request, although the status alone would blame the account.
    private static final Pattern CONTENT = says("too (large|long|big)|must be reduced|maximum context|context.length"
            + "|moderation|flagged|content.(policy|filter|management)|safety|prohibited|inappropriate");

    /// A wrong key, in answers whose status blames the request, such as Google's.
    private static final Pattern KEY = says("api.?key.*(not valid|invalid|expired)"
            + "|(invalid|expired|incorrect).api.?key");

    /// @param says    what the error's text or code must contain; null: anything
    /// @param because an explanation for people, added to what the host says; null: none is needed
    private record Row(int from, int to, Pattern says, Cause cause, String because) {
    }

    private static final List<Row> TABLE = List.of(
            // another server answers: a login page, or a moved address. A POST is never redirected
            row(300, 399, null, Cause.ACCOUNT, "it sends clients elsewhere, as for a login: check its address"),
            row(400, 410, MODEL, Cause.MODEL_MISSING, null),
            row(400, 400, KEY, Cause.ACCOUNT, "check its api_key"),
            row(401, 401, null, Cause.ACCOUNT, "the key or sign-in is missing, wrong or expired: check its api_key"),
            row(402, 402, null, Cause.ACCOUNT, "its account has no credit left"),
            row(403, 403, CONTENT, Cause.FINAL, null),
            row(403, 403, null, Cause.ACCOUNT, "not allowed: check what its api_key may do"),
            // a proxy that lost its backend answers this, too; another host may do better
            row(404, 405, null, Cause.FRONT, null),
            row(407, 407, null, Cause.ACCOUNT, "a proxy in between asks for a password"),
            row(408, 408, null, Cause.PASSING, null),
            row(410, 410, null, Cause.FRONT, null),
            // limits of a host's proxy, or of its version
            row(413, 415, null, Cause.FRONT, "this host does not accept such a request"),
            row(425, 425, null, Cause.PASSING, null),
            row(429, 429, CONTENT, Cause.FINAL, null),
            row(429, 429, null, Cause.ACCOUNT, "its limit is used up for now"),
            row(431, 431, null, Cause.FRONT, "this host does not accept such a request"),
            row(400, 499, null, Cause.FINAL, null),
            row(500, 500, REQUEST, Cause.FINAL, null),
            row(501, 501, null, Cause.FRONT, "this host cannot do it"),
            row(503, 503, null, Cause.BUSY, null),
            row(511, 511, null, Cause.ACCOUNT, "the network in between asks for a login"),
            row(529, 529, null, Cause.BUSY, null),
            row(500, 599, null, Cause.PASSING, null));

    private final String host;
    private final String addressHint;
    private final InstantSource clock;

    /// @param host        the host's name in messages
    /// @param addressHint what a 404 may mean, for people; null: no more than it says
    /// @param clock       needed for a `Retry-After` that is a date
    public Refusal(String host, String addressHint, InstantSource clock) {
        this.host = host;
        this.addressHint = addressHint;
        this.clock = clock;
    }

    /// Returns whether an error's text says that the request itself is wrong, so that it would fail again.
    public static boolean blamesRequest(String text) {
        return REQUEST.matcher(text).find();
    }

    /// Returns the cause of an error with this status, whether it is the answer's status or one inside an answer.
    ///
    /// @param text what the host says about it; may be empty
    public static Cause cause(int status, String text) {
        return rowOf(status, text).cause;
    }

    /// Returns the failure that an answer without success means.
    ///
    /// @param body  the error's text, or its beginning
    /// @param model the model's name here, for the message
    public Outcome.Failed of(HttpResponse<?> response, byte[] body, String model) {
        return of(response.statusCode(), response.headers(), body, model);
    }

    Outcome.Failed of(int status, HttpHeaders headers, byte[] body, String model) {
        String text = ErrorText.ofBody(body);
        String words = text.isEmpty() ? "" : ": " + text;
        Row row = rowOf(status, text + " " + ErrorText.codeOf(body));
        String because = status == 404 ? addressHint : row.because;
        String message = switch (row.cause) {
            case BUSY -> host + " is busy" + words;
            case MODEL_MISSING -> "model '" + model + "' not found on " + host;
            default -> host + " answered " + status + words
                    + headers.firstValue("Location").map(place -> ", moved to " + place).orElse("")
                    + (because == null ? "" : " (" + because + ")");
        };
        return new Outcome.Failed(row.cause, message, retryAfter(headers, clock),
                new HostAnswer(head(status, headers), body));
    }

    /// Returns the head of a host's answer.
    public static HostHead head(HttpResponse<?> response) {
        return head(response.statusCode(), response.headers());
    }

    private static HostHead head(int status, HttpHeaders headers) {
        // a body that was compressed is passed on decompressed, with another length
        String length = first(headers, "Content-Encoding") == null ? first(headers, "Content-Length") : null;
        return new HostHead(status, first(headers, "Content-Type"), length == null ? -1 : Long.parseLong(length),
                first(headers, "Retry-After"), first(headers, "x-request-id"));
    }

    /// Returns the first value of a header; null if it is absent. (`HttpHeaders.firstValue` creates a stream for each
    /// call.)
    static String first(HttpHeaders headers, String name) {
        List<String> values = headers.allValues(name);
        return values.isEmpty() ? null : values.getFirst();
    }

    /// Returns `Retry-After`, which may be a number of seconds, with or without a fraction, or a date.
    ///
    /// @return null if there is none, or none that can be read
    static Duration retryAfter(HttpHeaders headers, InstantSource clock) {
        String value = headers.firstValue("Retry-After").orElse("").strip();
        if (value.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            return Duration.ofMillis((long) Math.ceil(Double.parseDouble(value) * 1_000));
        }
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration left = Duration.between(clock.instant(), date);
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    private static Row rowOf(int status, String text) {
        for (Row row : TABLE) {
            if (status >= row.from && status <= row.to && (row.says == null || row.says.matcher(text).find())) {
                return row;
            }
        }
        // not an HTTP status
        return row(status, status, null, Cause.PASSING, null);
    }

    private static Row row(int from, int to, Pattern says, Cause cause, String because) {
        return new Row(from, to, says, cause, because);
    }

    private static Pattern says(String words) {
        return Pattern.compile(words, Pattern.CASE_INSENSITIVE);
    }
}
