package shared.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import shared.Problem;

/// Durations in the form that people and Go programs write: `90s`, `1h30m`, `1.5h`, `250ms`, `7d`.
public final class Durations {

    private static final Pattern PART =
            Pattern.compile("(\\d{1,12})(?:\\.(\\d{1,9}))?(ns|[u\\u00b5\\u03bc]s|ms|s|m|h|d|w)");

    // with these lengths no sum of parts overflows a long; BigDecimal would delay the server's start
    private static final int LENGTH_MAX = 64;
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long MAX_SECONDS = 1_000_000_000_000L;

    private Durations() {
    }

    /// Reads a duration.
    ///
    /// @param what names the value in the error message, such as `timeout`
    /// @return the duration: not negative, at most about 31,000 years
    /// @throws Problem (400) if the text is not a duration
    public static Duration parse(String what, String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        long seconds = 0;
        long nanos = 0;
        Matcher part = PART.matcher(text);
        int at = 0;
        while (text.length() <= LENGTH_MAX && at < text.length() && part.find(at) && part.start() == at) {
            long unit = nanosOf(part.group(3));
            long whole = Long.parseLong(part.group(1));
            seconds += unit < SECOND_NANOS ? whole * unit / SECOND_NANOS : whole * (unit / SECOND_NANOS);
            nanos += unit < SECOND_NANOS ? whole * unit % SECOND_NANOS : 0;
            if (part.group(2) != null) {
                long parts = 1;
                for (int i = 0; i < part.group(2).length(); i++) {
                    parts *= 10;
                }
                long fraction = Long.parseLong(part.group(2));
                nanos += unit < SECOND_NANOS ? fraction * unit / parts : fraction * (unit / parts);
            }
            at = part.end();
        }
        if (at < text.length() || text.isEmpty()) {
            throw Problem.badRequest(what + " must be a duration such as 90s, 1h30m or 7d, not \""
                    + Problem.shown(text) + "\"");
        }
        Duration duration = Duration.ofSeconds(seconds, nanos);
        if (duration.compareTo(Duration.ofSeconds(MAX_SECONDS)) > 0) {
            throw Problem.badRequest(what + " is too long: " + text);
        }
        return duration;
    }

    /// Returns a duration as the shortest text that [#parse] reads back as the same number of milliseconds: `1h30m`,
    /// `250ms`, `0s`.
    public static String format(Duration duration) {
        long ms = duration.toMillis();
        StringBuilder text = new StringBuilder();
        String[] units = {"h", "m", "s", "ms"};
        long[] sizes = {3_600_000, 60_000, 1_000, 1};
        for (int i = 0; i < units.length; i++) {
            if (ms >= sizes[i]) {
                text.append(ms / sizes[i]).append(units[i]);
                ms %= sizes[i];
            }
        }
        return text.length() == 0 ? "0s" : text.toString();
    }

    private static long nanosOf(String unit) {
        switch (unit) {
            case "ns": return 1;
            case "ms": return 1_000_000;
            case "s": return 1_000_000_000;
            case "m": return 60_000_000_000L;
            case "h": return 3_600_000_000_000L;
            case "d": return 86_400_000_000_000L;
            case "w": return 604_800_000_000_000L;
            default: return 1_000; // microseconds have three spellings
        }
    }
}
