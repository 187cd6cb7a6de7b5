package client;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import shared.Zones;

/// The environment of a run, except the network; tests supply their own.
///
/// @param out        throws if it cannot be written to, unlike a `PrintStream`
/// @param isTerminal whether descriptor 0, 1 or 2 is a terminal
/// @param width      the terminal's columns; determined only if there is a terminal
/// @param zone       the zone of the user's times; determined only if needed, because that is slow
record Terminal(InputStream in, OutputStream out, PrintStream err, Map<String, String> environment,
        IntPredicate isTerminal, IntSupplier width, Time time, Supplier<ZoneId> zone) {

    /// Returns the environment of this process.
    static Terminal ofProcess() {
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        OutputStream out = inEnglish(new FileOutputStream(FileDescriptor.out), () -> descriptorIsPipe(1));
        return new Terminal(standardInput(), out, err, System.getenv(),
                Terminal::descriptorIsTerminal, Terminal::askedColumns, Time.ofProcess(),
                () -> Zones.local(System.getenv("TZ")));
    }

    /// Where standard input is closed, its descriptor is that of the JVM's first file, all of its classes: to read that
    /// is untrue, and to close it ends the JVM.
    private static InputStream standardInput() {
        if (!String.valueOf(target(0)).endsWith("/lib/modules")) {
            return System.in;
        }
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("it is closed");
            }
        };
    }

    /// Returns the same stream, for which a pipe without a reader is broken in English: the system says it in the
    /// user's language, and nothing else fails when a pipe is written to.
    static OutputStream inEnglish(OutputStream out, BooleanSupplier isPipe) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                try {
                    out.write(bytes, from, length);
                } catch (IOException failed) {
                    throw isPipe.getAsBoolean() ? new IOException(Output.NO_READER, failed) : failed;
                }
            }
        };
    }

    /// Restores this process's command-line arguments. If the locale is not UTF-8, Java replaces their other characters
    /// with U+FFFD, but Linux still has them.
    ///
    /// @param commandLine Linux's file with the process's arguments
    /// @throws Failure if they cannot be restored: a mangled argument must not become a task
    static List<String> whole(String[] words, Path commandLine) {
        List<String> mangled = List.of(words);
        if (String.join("", words).indexOf('\ufffd') < 0) {
            return mangled;
        }
        try {
            List<String> all = List.of(Files.readString(commandLine).split("\0", -1));
            List<String> last = all.subList(all.size() - 1 - words.length, all.size() - 1);
            // Java may have been given its arguments in a file
            if (IntStream.range(0, words.length).allMatch(i -> words[i].indexOf('\ufffd') >= 0
                    || words[i].equals(last.get(i)))) {
                return last;
            }
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException elsewhere) {
            // rejected below
        }
        String word = mangled.stream().filter(one -> one.indexOf('\ufffd') >= 0).findFirst().orElseThrow();
        throw Failure.usage("the argument \"" + word + "\" did not arrive as UTF-8 text",
                "set LC_ALL to a UTF-8 locale, or give text on standard input");
    }

    /// Returns a time as people read it everywhere: in their own zone, with its offset.
    String shown(Instant instant) {
        return shown(instant.atZone(zone.get()));
    }

    static String shown(ZonedDateTime time) {
        return DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ssxxx").format(time);
    }

    /// Returns the time in the user's zone.
    ZonedDateTime now() {
        return time.instant().atZone(zone.get());
    }

    /// Returns an environment variable's value; null if it is unset or empty.
    String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /// Returns the width of a line on the terminal.
    int columns() {
        String set = variable("COLUMNS");
        return set != null && set.matches("[1-9]\\d{0,3}") ? Integer.parseInt(set) : width.getAsInt();
    }

    boolean colours(int descriptor) {
        return isTerminal.test(descriptor) && variable("NO_COLOR") == null && !"dumb".equals(variable("TERM"));
    }

    /// Linux knows this for each descriptor; elsewhere Java knows only whether both stdin and stdout are terminals.
    private static boolean descriptorIsTerminal(int descriptor) {
        String target = target(descriptor);
        return target == null ? System.console() != null : target.startsWith("/dev/pts/")
                || target.startsWith("/dev/tty") || target.equals("/dev/console");
    }

    private static boolean descriptorIsPipe(int descriptor) {
        return String.valueOf(target(descriptor)).startsWith("pipe:");
    }

    /// Returns what a descriptor leads to; null where the system does not tell.
    private static String target(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
        } catch (IOException | UnsupportedOperationException noProc) {
            return null;
        }
    }

    private static int askedColumns() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(Path.of("/dev/tty").toFile()).start();
            try (BufferedReader answer = new BufferedReader(
                    new InputStreamReader(stty.getInputStream(), StandardCharsets.US_ASCII))) {
                int columns = Integer.parseInt(answer.readLine().strip().split(" ")[1]);
                return columns > 0 ? columns : 80;
            }
        } catch (IOException | RuntimeException unknown) {
            return 80;
        }
    }
}
