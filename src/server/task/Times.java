package server.task;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import shared.Problem;
import shared.json.JsonWriter;

/// Converts times between milliseconds since the epoch (0 for none) and the form of the API and the journal: RFC 3339
/// in UTC with milliseconds, as `2026-01-02T03:04:05.678Z`. Written by hand because every line of the journal and every
/// task of a listing holds several of them.
public final class Times {

    /// The first millisecond of the year 0 and the last one of the year 9999: the range of RFC 3339.
    static final long MIN = -62_167_219_200_000L;
    static final long MAX = 253_402_300_799_999L;

    private static final long DAY_MS = 86_400_000;
    private static final int LENGTH = 24;

    private Times() {
    }

    /// Writes a time as text.
    ///
    /// @throws IllegalArgumentException if it is not from [#MIN] to [#MAX]
    public static String format(long time) {
        byte[] text = new byte[LENGTH];
        put(time, text, 0);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /// Writes a time as a JSON string, or null for 0.
    public static JsonWriter write(JsonWriter out, long time) {
        if (time == 0) {
            return out.nul();
        }
        byte[] text = new byte[LENGTH + 2];
        text[0] = '"';
        put(time, text, 1);
        text[LENGTH + 1] = '"';
        return out.raw(text);
    }

    /// Reads every form of RFC 3339: any offset, a fraction of any length (truncated to milliseconds), `t` and `z`, a
    /// space between date and time. A leap second is the first moment of the next minute.
    ///
    /// @param what names the value in the error message, as in `scheduled_at`
    /// @return milliseconds since the epoch
    /// @throws Problem 400 if it has no such form
    public static long parse(String what, String text) {
        long time = parse(text);
        if (time == Long.MIN_VALUE) {
            throw Problem.badRequest(what + " must be a time such as 2026-01-02T03:04:05Z or "
                    + "2026-01-02T03:04:05+02:00 (RFC 3339), not \"" + Preview.of(text, 60) + "\"");
        }
        return time;
    }

    private static void put(long time, byte[] text, int at) {
        if (time < MIN || time > MAX) {
            throw new IllegalArgumentException("no RFC 3339 form of " + Instant.ofEpochMilli(time));
        }
        long days = Math.floorDiv(time, DAY_MS);
        int ms = (int) (time - days * DAY_MS);
        // The civil date of a day, by Howard Hinnant's algorithm: years begin in March, so that the leap day is last.
        long shifted = days + 719_468;
        long era = Math.floorDiv(shifted, 146_097);
        int dayOfEra = (int) (shifted - era * 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int march = (5 * dayOfYear + 2) / 153;
        int month = march < 10 ? march + 3 : march - 9;
        int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
        two(text, at, year / 100);
        two(text, at + 2, year % 100);
        text[at + 4] = '-';
        two(text, at + 5, month);
        text[at + 7] = '-';
        two(text, at + 8, dayOfYear - (153 * march + 2) / 5 + 1);
        text[at + 10] = 'T';
        two(text, at + 11, ms / 3_600_000);
        text[at + 13] = ':';
        two(text, at + 14, ms / 60_000 % 60);
        text[at + 16] = ':';
        two(text, at + 17, ms / 1000 % 60);
        text[at + 19] = '.';
        text[at + 20] = (byte) ('0' + ms % 1000 / 100);
        two(text, at + 21, ms % 100);
        text[at + 23] = 'Z';
    }

    private static void two(byte[] text, int at, int number) {
        text[at] = (byte) ('0' + number / 10);
        text[at + 1] = (byte) ('0' + number % 10);
    }

    /// Returns Long.MIN_VALUE if the text is not a time.
    private static long parse(String text) {
        int length = text.length();
        if (length < 20 || text.charAt(4) != '-' || text.charAt(7) != '-' || "Tt ".indexOf(text.charAt(10)) < 0
                || text.charAt(13) != ':' || text.charAt(16) != ':') {
            return Long.MIN_VALUE;
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, 19);
        if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month) || hour < 0 || hour > 23
                || minute < 0 || minute > 59 || second < 0 || second > 60) {
            return Long.MIN_VALUE;
        }
        int at = 19;
        int ms = 0;
        if (text.charAt(at) == '.') {
            int digit = 100;
            for (at++; at < length && text.charAt(at) >= '0' && text.charAt(at) <= '9'; at++) {
                ms += (text.charAt(at) - '0') * digit;
                digit /= 10;
            }
            if (at == 20) {
                return Long.MIN_VALUE;
            }
        }
        int offset = offset(text, at);
        if (offset == Integer.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        long seconds = ((days(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second;
        long time = seconds * 1000 + ms;
        return time < MIN || time > MAX ? Long.MIN_VALUE : time;
    }

    /// Returns the minutes of the `Z` or `+hh:mm` that ends the text; Integer.MIN_VALUE if neither does.
    private static int offset(String text, int at) {
        int left = text.length() - at;
        if (left == 1 && (text.charAt(at) == 'Z' || text.charAt(at) == 'z')) {
            return 0;
        }
        if (left != 6 || text.charAt(at) != '+' && text.charAt(at) != '-' || text.charAt(at + 3) != ':') {
            return Integer.MIN_VALUE;
        }
        int hours = number(text, at + 1, at + 3);
        int minutes = number(text, at + 4, at + 6);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        return (text.charAt(at) == '-' ? -1 : 1) * (60 * hours + minutes);
    }

    /// Returns -1 if these are not all digits.
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    private static int daysOf(int year, int month) {
        if (month == 2) {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    /// Returns days since the epoch; the inverse of [#put].
    private static long days(int year, int month, int day) {
        int shifted = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(shifted, 400);
        int yearOfEra = shifted - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        return era * 146_097L + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
    }
}
