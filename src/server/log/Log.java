package server.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import server.settings.Setting;
import server.settings.Settings;
import shared.Controls;
import shared.json.JsonWriter;

/// Writes log lines: one line per event, preceded by the time, the level and the logger's name. Level and destination
/// can change while it runs.
public final class Log {

    /// A separate class, loaded on first use, because the first use of time zones takes 8 ms.
    private static final class Time {
        static final DateTimeFormatter FORM =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSZ", Locale.ROOT).withZone(ZoneId.systemDefault());
    }

    private static final Setting<String> LEVEL = Setting.choice("log_level", "debug", "info", "warn", "error", "off")
            .byDefault("info").live().alsoNamed("LOG_LEVEL").says("minimum log level");
    static final Setting<Path> FILE = Setting.path("log_file").optional().live().alsoNamed("LOG_FILE")
            .says("file to write the log to, opened again by each reload; without it stderr");
    static final Setting<String> FORMAT = Setting.choice("log_format", "text", "json").byDefault("text").live()
            .says("form of the log's lines");
    public static final List<Setting<?>> SETTINGS = List.of(LEVEL, FILE, FORMAT);

    private static final String EVENT = "event=";

    private final InstantSource clock;
    private volatile Level level = Level.INFO;
    private volatile boolean isJson;
    private OutputStream out;

    Log(InstantSource clock, OutputStream out) {
        this.clock = clock;
        this.out = out;
    }

    /// Returns this process's log.
    public static Log ofProcess() {
        return ((LogProvider) System.LoggerFinder.getLoggerFinder()).log();
    }

    /// Applies the settings. If the file cannot be opened, nothing changes.
    ///
    /// @throws IOException if the file cannot be opened
    public void configure(Settings settings) throws IOException {
        file(settings.get(FILE));
        isJson = settings.get(FORMAT).equals("json");
        level(switch (settings.get(LEVEL)) {
            case "debug" -> Level.DEBUG;
            case "warn" -> Level.WARNING;
            case "error" -> Level.ERROR;
            case "off" -> Level.OFF;
            default -> Level.INFO;
        });
    }

    /// Sets the minimum level that is logged from now on.
    public void level(Level newLevel) {
        level = newLevel;
    }

    /// Continues in this file, which is opened again even if it is the same.
    ///
    /// @param file null for stderr
    /// @throws IOException if it cannot be opened; then nothing changes
    synchronized void file(Path file) throws IOException {
        OutputStream next = file == null ? new FileOutputStream(FileDescriptor.err)
                : Channels.newOutputStream(Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE, StandardOpenOption.APPEND), owners(file)));
        OutputStream before = out;
        out = next;
        if (!(before instanceof FileOutputStream)) {
            before.close();
        }
    }

    /// Returns the permissions of a new file: only for its owner, whatever the umask; none if the file system has no
    /// such permissions.
    private static FileAttribute<?>[] owners(Path file) {
        return !file.getFileSystem().supportedFileAttributeViews().contains("posix") ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rw-------"))};
    }

    boolean shows(Level asked) {
        return asked != Level.OFF && asked.getSeverity() >= level.getSeverity();
    }

    /// Writes a line. Never fails: if it cannot be written, it is lost.
    ///
    /// @param thrown null for none
    void write(String name, Level asked, String message, Throwable thrown) {
        byte[] bytes = (isJson ? json(name, asked, message, thrown) : text(name, asked, message, thrown))
                .getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            try {
                out.write(bytes);
            } catch (IOException full) {
                // there is nowhere left to report it, and the queue's work continues
            }
        }
    }

    private String text(String name, Level asked, String message, Throwable thrown) {
        StringBuilder line = new StringBuilder(Time.FORM.format(clock.instant())).append(' ').append(asked).append(' ')
                .append(name).append(' ').append(Controls.shown(message, false)).append('\n');
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            line.append(t == thrown ? "    " : "    caused by ").append(Controls.shown(t.toString(), false))
                    .append('\n');
            for (StackTraceElement frame : t.getStackTrace()) {
                line.append("        at ").append(frame).append('\n');
            }
        }
        return line.toString();
    }

    private String json(String name, Level asked, String message, Throwable thrown) {
        JsonWriter line = new JsonWriter().beginObject().name("time").string(clock.instant()
                .truncatedTo(ChronoUnit.MILLIS).toString()).name("level").string(asked.getName()).name("logger")
                .string(name);
        int end = 0;
        for (int next = message.startsWith(EVENT) ? field(line, message, 0) : 0; next > end;
                next = field(line, message, end)) {
            end = next;
        }
        if (end < message.length()) {
            line.name("message").string(Controls.shown(message.substring(end).strip(), false));
        }
        if (thrown != null) {
            line.name("stack").beginArray();
            for (Throwable t = thrown; t != null; t = t.getCause()) {
                line.string(Controls.shown(t.toString(), false));
                for (StackTraceElement frame : t.getStackTrace()) {
                    line.string("at " + frame);
                }
            }
            line.endArray();
        }
        return line.endObject() + "\n";
    }

    /// Writes the field that begins at a position, in the form of [shared.LogValue].
    ///
    /// @return where it ends; the same position if no field begins there
    private static int field(JsonWriter line, String message, int from) {
        int name = from > 0 && from < message.length() && message.charAt(from) == ' ' ? from + 1 : from;
        int equals = name;
        while (equals < message.length() && (Character.isLetter(message.charAt(equals))
                || message.charAt(equals) == '_')) {
            equals++;
        }
        if (equals == name || equals + 1 >= message.length() || message.charAt(equals) != '=') {
            return from;
        }
        boolean quoted = message.charAt(equals + 1) == '"';
        StringBuilder value = new StringBuilder();
        int at = equals + (quoted ? 2 : 1);
        while (at < message.length() && message.charAt(at) != (quoted ? '"' : ' ')) {
            // a backslash may be the last character of the text
            at += quoted && message.charAt(at) == '\\' && at + 1 < message.length() ? 1 : 0;
            value.append(message.charAt(at++));
        }
        int end = at + (quoted ? 1 : 0);
        if (end > message.length() || end < message.length() && message.charAt(end) != ' ') {
            return from;
        }
        line.name(message.substring(name, equals)).string(Controls.shown(value.toString(), false));
        return end;
    }
}
