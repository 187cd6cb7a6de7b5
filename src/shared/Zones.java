package shared;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds time zones by the names that people use.
public final class Zones {

    /// The folder in which a system keeps its zones, each in a file of that name; `posix` and `right` contain copies.
    private static final Pattern FOLDER = Pattern.compile(".*/zoneinfo/(?:posix/|right/)?");

    /// A POSIX name for an offset that never changes, counted westwards: `UTC+2`, `<+0330>-3:30`.
    private static final Pattern FIXED =
            Pattern.compile("(?:<[+-]?\\w+>|[A-Za-z]{3,})([+-]?)(\\d{1,2})(?::?(\\d\\d))?");

    private Zones() {
    }

    /// Finds a zone by its name.
    ///
    /// @param what names the value in the error message
    /// @throws Problem (400) if there is no zone of this name
    public static ZoneId named(String what, String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw Problem.badRequest(what + " must be a time zone such as Europe/Berlin or UTC, not \""
                    + Problem.shown(name) + "\"" + Nearest.hint(name, ZoneId.getAvailableZoneIds()));
        }
    }

    /// Finds the zone of this process. Java itself takes a path or a rule for a fixed offset, which is wrong as soon as
    /// the clocks change, and a misspelt name for UTC.
    ///
    /// @param tz the environment variable `TZ`; null if it is not set
    /// @throws Problem (400) if it names no zone
    public static ZoneId local(String tz) {
        String name = tz == null || !tz.startsWith(":") ? tz : tz.substring(1);
        if (name == null || name.isEmpty()) {
            return ZoneId.systemDefault();
        }
        if (name.startsWith("/")) {
            name = FOLDER.matcher(linked(name)).replaceFirst("");
        }
        if (ZoneId.getAvailableZoneIds().contains(name)) {
            return ZoneId.of(name);
        }
        Matcher fixed = FIXED.matcher(name);
        if (fixed.matches()) {
            int minutes = 60 * Integer.parseInt(fixed.group(2))
                    + (fixed.group(3) == null ? 0 : Integer.parseInt(fixed.group(3)));
            if (minutes <= 18 * 60) {
                return ZoneOffset.ofTotalSeconds((fixed.group(1).equals("-") ? 60 : -60) * minutes);
            }
        }
        throw Problem.badRequest("the environment variable TZ is \"" + Problem.shown(tz)
                + "\", which is not the name of a time zone; set it to one such as Europe/Berlin or UTC"
                + Nearest.hint(name, ZoneId.getAvailableZoneIds()));
    }

    /// Returns the path of a zone's own file if the given path is a link to it, as `/etc/localtime` is.
    private static String linked(String path) {
        try {
            return path.contains("/zoneinfo/") ? path : Path.of(path).toRealPath().toString();
        } catch (IOException missing) {
            return path;
        }
    }
}
