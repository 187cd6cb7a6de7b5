package server;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.Nearest;
import shared.Problem;
import shared.config.Durations;

/// The server's command line.
///
/// @param host        the address or name to listen on
/// @param port        0 takes a free one
/// @param ollamaHosts as the user wrote them
/// @param workers     how many tasks run at once
/// @param plugins     a folder of jars with further kinds of host; null for none
/// @param grace       how long running tasks may go on when the server stops
record Arguments(String host, int port, Path dataDir, List<String> ollamaHosts, int workers, Path plugins,
        Duration grace, boolean verbose) {

    static final String USAGE = """
            usage: ollama-queue-server [option]...
                   ollama-queue-server journal verify|dump DIR

            A durable task queue in front of Ollama.

              --host ADDRESS       listen on this address (localhost)
              --port N             listen on this port; 0 takes a free one (8080)
              --data-dir DIR       where the journal lies (./data)
              --ollama-host URL    an Ollama host, repeatable; echo: is an embedded model for
                                   trying things out ($OLLAMA_HOST, or http://localhost:11434)
              --workers N          how many tasks run at once, 1 to 1000 (4)
              --plugins DIR        a folder of jars that add kinds of host
              --grace DURATION     how long running tasks may go on when the server stops (10s)
              -v, --verbose        log every request and attempt
              --version            print the version and end
              -h, --help           print this and end

            example: ollama-queue-server --port 8080 --data-dir /var/lib/ollama-queue
            """;

    private static final List<String> VALUED = List.of("--host", "--port", "--data-dir", "--ollama-host",
            "--workers", "--plugins", "--grace");

    private static final List<String> KNOWN = List.of("--host", "--port", "--data-dir", "--ollama-host", "--workers",
            "--plugins", "--grace", "--verbose", "--version", "--help");

    /// @throws Problem naming the argument that is wrong and what would be right
    static Arguments parse(List<String> words, Map<String, String> environment) {
        String host = "localhost";
        int port = 8080;
        Path dataDir = Path.of("data");
        List<String> ollamaHosts = new ArrayList<>();
        int workers = 4;
        Path plugins = null;
        Duration grace = Duration.ofSeconds(10);
        boolean verbose = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String flag = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? null : word.substring(equals + 1);
            if (VALUED.contains(flag) && value == null) {
                if (++i == words.size()) {
                    throw Problem.badRequest(flag + " needs a value");
                }
                value = words.get(i);
            }
            switch (flag) {
                case "--host" -> host = notEmpty(flag, value);
                case "--port" -> port = integer(flag, value, 0, 65_535);
                case "--data-dir" -> dataDir = path(flag, notEmpty(flag, value));
                case "--ollama-host" -> ollamaHosts.add(notEmpty(flag, value));
                case "--workers" -> workers = integer(flag, value, 1, 1_000);
                case "--plugins" -> plugins = path(flag, notEmpty(flag, value));
                case "--grace" -> grace = Durations.parse(flag, value);
                case "-v", "--verbose" -> verbose = flagOnly(flag, value);
                default -> throw Problem.badRequest((flag.startsWith("-") ? "unknown option " : "unexpected argument ")
                        + flag + Nearest.hint(flag, KNOWN));
            }
        }
        if (ollamaHosts.isEmpty()) {
            String fromEnvironment = environment.getOrDefault("OLLAMA_HOST", "").strip();
            ollamaHosts.add(fromEnvironment.isEmpty() ? "http://localhost:11434" : fromEnvironment);
        }
        return new Arguments(host, port, dataDir, List.copyOf(ollamaHosts), workers, plugins, grace, verbose);
    }

    private static String notEmpty(String flag, String value) {
        if (value.isBlank()) {
            throw Problem.badRequest(flag + " needs a value, not an empty one");
        }
        return value;
    }

    private static boolean flagOnly(String flag, String value) {
        if (value != null) {
            throw Problem.badRequest(flag + " takes no value");
        }
        return true;
    }

    private static int integer(String flag, String value, int min, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // falls through to the same message as a number out of range
        }
        throw Problem.badRequest(flag + " must be a whole number from " + min + " to " + max + ", not \"" + value
                + "\"");
    }

    private static Path path(String flag, String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException impossible) {
            throw Problem.badRequest(flag + " is not a path: " + impossible.getMessage());
        }
    }
}
