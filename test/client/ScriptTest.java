package client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import support.FakeApi;

/// Runs the text scripts beside it, each against a fake server of its own. A script is a list of
///
/// ```
/// % tty=12 width=60 NAME=VALUE   surroundings of the next command: descriptors that are terminals, environment
/// $ ollama-queue status          a command line; quotes as in a shell; FILE(name) is a file of the script
/// < text                         a line of its stdin
/// > text                         a line of its stdout, all of them
/// ! text                         a line of its stderr, all of them
/// @ POST /api/tasks {}           a request that it sends, all of them, if there is one such line
/// = 2                            its exit status, 0 if there is no such line
/// ```
///
/// `\e` stands for escape, `<9b>` for a character that nobody sees, and a line of output that ends with `\c` has no
/// line end. A line `FILE name text` makes a file.
final class ScriptTest {

    private static final Pattern HIDDEN = Pattern.compile("[\\p{Cc}\\p{Cf}&&[^\n]]");
    private static final Pattern SHOWN = Pattern.compile("<([0-9a-f]{2,4})>");

    private static final class Block {
        final int line;
        final String command;
        final Map<String, String> surroundings = new HashMap<>();
        final StringBuilder in = new StringBuilder();
        final StringBuilder out = new StringBuilder();
        final StringBuilder err = new StringBuilder();
        final List<String> requests = new ArrayList<>();
        int exit;

        Block(int line, String command, Map<String, String> surroundings) {
            this.line = line;
            this.command = command;
            this.surroundings.putAll(surroundings);
        }
    }

    @TempDir
    Path files;

    @TestFactory
    Stream<DynamicTest> scripts() throws IOException {
        try (Stream<Path> found = Files.list(Path.of("test/client"))) {
            return found.filter(path -> path.toString().endsWith(".txt")).sorted().toList().stream()
                    .map(path -> DynamicTest.dynamicTest(path.getFileName().toString(), () -> run(path)));
        }
    }

    private void run(Path script) throws IOException {
        List<Block> blocks = read(script);
        try (FakeApi api = new FakeApi()) {
            for (Block block : blocks) {
                run(script.getFileName() + ":" + block.line + ": " + block.command, block, api);
            }
        }
    }

    private void run(String name, Block block, FakeApi api) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> environment = new HashMap<>(Map.of("OLLAMA_QUEUE_CLIENT_SERVER_URL", api.url(),
                "HOME", files.toString()));
        block.surroundings.forEach((key, value) -> environment.put(key, value.replace("URL", api.url())));
        String terminals = block.surroundings.getOrDefault("tty", "");
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(block.in.toString().getBytes(StandardCharsets.UTF_8)), out,
                new PrintStream(err, true, StandardCharsets.UTF_8), environment,
                descriptor -> terminals.contains(Integer.toString(descriptor)),
                () -> Integer.parseInt(block.surroundings.getOrDefault("width", "80")),
                new SleptTime("2026-01-02T03:04:05Z"), () -> ZoneId.of("Europe/Berlin"));
        int exit = new Client(terminal).run(() -> words(block.command, api));
        assertEquals(block.out.toString(), shown(out, api), name + ", stdout (stderr: " + shown(err, api) + ")");
        assertEquals(block.err.toString(), shown(err, api), name + ", stderr");
        assertEquals(block.exit, exit, name + ", exit status");
        List<String> requests = api.takeRequests();
        if (!block.requests.isEmpty()) {
            assertEquals(String.join("\n", block.requests), String.join("\n", requests), name + ", requests");
        }
    }

    private String shown(ByteArrayOutputStream bytes, FakeApi api) {
        String text = bytes.toString(StandardCharsets.UTF_8).replace(api.url(), "URL").replace("\033", "\\e")
                .replace(files.toString(), "FILES");
        return HIDDEN.matcher(text).replaceAll(found -> "<" + Integer.toHexString(found.group().charAt(0)) + ">");
    }

    private static String written(String text) {
        return SHOWN.matcher(text.replace("\\e", "\033")).replaceAll(
                found -> Character.toString(Integer.parseInt(found.group(1), 16)));
    }

    private List<String> words(String command, FakeApi api) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (char c : command.toCharArray()) {
            if (quote == 0 && c == ' ') {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
            } else {
                word = word == null ? new StringBuilder() : word;
                if (quote == 0 && (c == '"' || c == '\'')) {
                    quote = c;
                } else if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            }
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words.stream().skip(1).map(w -> w.replace("URL", api.url())
                .replaceAll("FILE\\((.*?)\\)", files.toString() + "/$1")).toList();
    }

    private List<Block> read(Path script) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Map<String, String> surroundings = new HashMap<>();
        int number = 0;
        for (String line : Files.readAllLines(script)) {
            number++;
            String text = line.length() > 2 ? line.substring(2) : "";
            Block block = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
            if (line.startsWith("FILE ")) {
                String[] parts = line.split(" ", 3);
                Files.writeString(files.resolve(parts[1]), written(parts[2]).replace("\\n", "\n"));
            } else if (line.startsWith("%")) {
                for (String pair : text.split(" ")) {
                    surroundings.put(pair.split("=")[0], pair.substring(pair.indexOf('=') + 1));
                }
            } else if (line.startsWith("$")) {
                blocks.add(new Block(number, text, surroundings));
                surroundings.clear();
            } else if (line.startsWith("<")) {
                block.in.append(written(text)).append('\n');
            } else if (line.startsWith(">")) {
                block.out.append(text.endsWith("\\c") ? text.substring(0, text.length() - 2) : text + "\n");
            } else if (line.startsWith("!")) {
                block.err.append(text.endsWith("\\c") ? text.substring(0, text.length() - 2) : text + "\n");
            } else if (line.startsWith("@")) {
                block.requests.add(text);
            } else if (line.startsWith("=")) {
                block.exit = Integer.parseInt(text);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw new IOException(script + ":" + number + ": what is this line?");
            }
        }
        return blocks;
    }
}
