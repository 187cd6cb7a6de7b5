package server.executor.wire;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

import server.executor.Outcome;
import server.executor.Outcome.Cause;

/// Tells from an answer's status and text whose fault it is.
///
/// | status | cause |
/// |---|---|
/// | 503 | BUSY |
/// | 404 that names a model | MODEL_MISSING |
/// | 429 | LIMITED |
/// | 408, 5xx | PASSING |
/// | 500 about the request itself, 501, all others | FINAL |
public final class Refusal {

    /// `model 'x' not found` and `model "x" not found, try pulling it first`.
    private static final Pattern NO_MODEL = Pattern.compile("\\bmodel\\b.*\\bnot found\\b", Pattern.CASE_INSENSITIVE);

    /// What Ollama answers 500 to although sending the same request again gives the same: a wrong option, format,
    /// image or template.
    private static final Pattern WRONG_REQUEST = Pattern.compile("^option \".*\" must be |^invalid |^template: "
            + "|failed to process inputs|missing data required for image|does not support|illegal base64"
            + "|unknown format|unsupported image|cannot unmarshal", Pattern.CASE_INSENSITIVE);

    private Refusal() {
    }

    /// Whether an error's text says that the request itself is wrong, so that it would fail again.
    public static boolean blamesRequest(String text) {
        return WRONG_REQUEST.matcher(text).find();
    }

    public static Outcome.Failed of(int status, HttpHeaders headers, String text, String host, String model,
            InstantSource clock) {
        String says = host + " answered " + status + (text.isEmpty() ? "" : ": " + text);
        return switch (status) {
            case 503 -> failed(Cause.BUSY, host + " is busy" + (text.isEmpty() ? "" : ": " + text),
                    retryAfter(headers, clock));
            case 404 -> NO_MODEL.matcher(text).find()
                    ? failed(Cause.MODEL_MISSING, "model '" + model + "' not found on " + host, null)
                    : failed(Cause.FINAL, says + " (is the address that of an Ollama?)", null);
            case 408 -> failed(Cause.PASSING, says, retryAfter(headers, clock));
            case 429 -> failed(Cause.LIMITED, says, retryAfter(headers, clock));
            case 500 -> failed(blamesRequest(text) ? Cause.FINAL : Cause.PASSING, says,
                    retryAfter(headers, clock));
            case 501 -> failed(Cause.FINAL, says, null);
            default -> {
                String moved = headers.firstValue("Location").map(place -> " (moved to " + place + ")").orElse("");
                yield failed(status > 501 ? Cause.PASSING : Cause.FINAL, says + moved, retryAfter(headers, clock));
            }
        };
    }

    /// `Retry-After` as seconds or as a date.
    ///
    /// @return null if there is none that can be read
    static Duration retryAfter(HttpHeaders headers, InstantSource clock) {
        String value = headers.firstValue("Retry-After").orElse("").strip();
        if (value.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration left = Duration.between(clock.instant(), date);
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    private static Outcome.Failed failed(Cause cause, String message, Duration retryAfter) {
        return new Outcome.Failed(cause, message, retryAfter);
    }
}
