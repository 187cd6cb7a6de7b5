package client;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

import shared.Problem;
import shared.TextPlace;
import shared.json.Json;
import shared.json.JsonException;

/// Reads the input that a command line names: files and, for `-`, standard input. Everything that one command reads is
/// checked against the server's limit before it fills the memory. Text is UTF-8; a byte order mark is skipped.
final class Inputs {

    /// The server's limits for a task and for a batch, by their names in `/api/info`.
    static final String TASK = "task_bytes";
    static final String BATCH = "batch_bytes";

    /// Up to this size the server is not asked for its limit: it reports an excess itself.
    private static final int UNASKED_BYTES = 1 << 20;
    private static final int MIB = 1 << 20;
    private static final int MARK_BYTES = 3;

    private final Terminal terminal;
    private final Api api;
    private boolean stdinTaken;
    private long bytesRead;

    Inputs(Terminal terminal, Api api) {
        this.terminal = terminal;
        this.api = api;
    }

    /// Returns how messages name a file, such as `--file tasks.json`.
    ///
    /// @param flag the flag that names it
    static String name(String flag, String file) {
        return file.equals("-") ? "standard input" : flag + " " + file;
    }

    /// Opens a text; the stream supports marks.
    ///
    /// @param limit the name of the server's limit that applies; null for none
    /// @throws Failure if it cannot be read, is too large, or is visibly not UTF-8 from its first bytes
    InputStream open(String flag, String file, String limit) {
        InputStream in = new BufferedInputStream(openRaw(flag, file, limit), 1 << 16);
        try {
            in.mark(MARK_BYTES);
            byte[] begin = in.readNBytes(MARK_BYTES);
            byte[] first = Arrays.copyOf(begin, MARK_BYTES);
            int two = (first[0] & 0xff) << 8 | first[1] & 0xff;
            if (two == 0x1f8b) {
                throw Failure.usage(name(flag, file) + " is compressed with gzip", "decompress it first: gzip -d");
            }
            boolean halfZero = begin.length > 1 && (first[0] == 0) != (first[1] == 0);
            if (two == 0xfffe || two == 0xfeff || halfZero) {
                throw Failure.usage(name(flag, file) + " is UTF-16, not UTF-8 text",
                        "convert it first: iconv -f UTF-16 -t UTF-8");
            }
            if (two != 0xefbb || first[2] != (byte) 0xbf) {
                in.reset();
            }
            return in;
        } catch (IOException | Failure bad) {
            close(in);
            throw bad instanceof Failure failure ? failure : new IllegalStateException(bad);
        }
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException ignored) {
            // it was only read
        }
    }

    /// Opens a text to be read line by line.
    TextLines lines(String flag, String file, String limit) {
        return new TextLines(name(flag, file), open(flag, file, limit));
    }

    /// Returns the value of `--file`; nobody types a whole file on a terminal.
    ///
    /// @return `-` for standard input
    String fileOrStdin(Arguments arguments) {
        String file = arguments.text("file");
        if (file == null && terminal.isTerminal().test(0)) {
            String command = arguments.command().name();
            throw Failure.usage(command + " needs --file FILE, or - for standard input",
                    "ollama-queue " + command + " --help");
        }
        return file == null ? "-" : file;
    }

    /// Reads bytes as they are, of a task.
    byte[] bytes(String flag, String file) {
        return all(openRaw(flag, file, TASK));
    }

    /// Reads a text of a task, without its last line end.
    String text(String flag, String file) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(all(open(flag, file, TASK)))).toString()
                    .replaceFirst("\r?\n\\z", "");
        } catch (CharacterCodingException notText) {
            throw Failure.usage(name(flag, file) + " is not UTF-8 text", null);
        }
    }

    /// Reads a text that must not be blank from standard input.
    String stdin() {
        String text = text("", "-");
        if (text.isBlank()) {
            throw Failure.usage("standard input is empty", "pipe a text in, or use --prompt, --messages or --input");
        }
        return text;
    }

    /// Reads a JSON value.
    Json json(String flag, String file) {
        return json(name(flag, file), 1, all(open(flag, file, TASK)));
    }

    /// Parses JSON of any nesting depth: the server has a limit of its own, which it reports itself.
    ///
    /// @param what names the text in messages
    /// @param line the number of the JSON's first line in it
    static Json json(String what, int line, byte[] json) {
        try {
            return Json.parseOwn(json);
        } catch (JsonException bad) {
            Problem problem = bad.problem();
            TextPlace place = problem.place();
            throw Failure.usage(what + " is not JSON: " + new TextPlace(null, line - 1 + place.line(), place.column(),
                    place.path()).tell(problem.reason()), null);
        }
    }

    private InputStream openRaw(String flag, String file, String limit) {
        if (file.equals("-")) {
            if (stdinTaken) {
                throw Failure.usage("standard input can be used only once", null);
            }
            stdinTaken = true;
            return new Counted(terminal.in(), "standard input", limit);
        }
        try {
            Path path = Path.of(file);
            check(name(flag, file), bytesRead + (Files.isRegularFile(path) ? Files.size(path) : 0), limit);
            return new Counted(Files.newInputStream(path), name(flag, file), limit);
        } catch (IOException | InvalidPathException failed) {
            throw unreadable(flag, file, failed);
        }
    }

    /// Returns the failure for a file that a flag names and that cannot be read.
    static Failure unreadable(String flag, String file, Exception failed) {
        String why = failed instanceof NoSuchFileException ? "no such file"
                : failed instanceof AccessDeniedException ? "permission denied" : failed.getMessage();
        return Failure.usage(flag + ": cannot read " + file + ": " + why, null);
    }

    private static byte[] all(InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void check(String what, long bytes, String limit) {
        if (limit != null && bytes > UNASKED_BYTES && bytes > api.limit(limit)) {
            long max = api.limit(limit);
            throw Failure.usage(what + " is larger than " + (max % MIB == 0 ? max / MIB + " MiB" : max + " bytes")
                    + ", the most that this server takes for a " + limit.replace("_bytes", "")
                    + " (its setting limits." + limit + ")", limit.equals(BATCH)
                    ? BatchSubmit.LARGER : null);
        }
    }

    /// Counts the bytes that are read, and words the failures.
    private final class Counted extends FilterInputStream {

        private final String what;
        private final String limit;

        Counted(InputStream in, String what, String limit) {
            super(in);
            this.what = what;
            this.limit = limit;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int most) {
            try {
                int count = super.read(into, from, most);
                bytesRead += Math.max(0, count);
                check(what, bytesRead, limit);
                return count;
            } catch (IOException failed) {
                throw Failure.usage("cannot read " + what + ": " + failed.getMessage(), null);
            }
        }
    }
}
