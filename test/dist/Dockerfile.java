package dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import shared.json.Json;

/// The contents of a Dockerfile, as far as ours need it, and a container without Docker: a directory for `chroot` that
/// is laid out accordingly. An unknown instruction is an error.
final class Dockerfile {

    private final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin"));
    private final List<String[]> copies = new ArrayList<>();
    private final List<String> runs = new ArrayList<>();
    private final List<String> ports = new ArrayList<>();
    private final List<String> volumes = new ArrayList<>();
    private List<String> entrypoint = List.of();
    private List<String> healthcheck = List.of();
    private String user = "0:0";
    private String workdir = "/";

    static Dockerfile read(Path file) throws IOException {
        Dockerfile read = new Dockerfile();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                read.instruction(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
            }
        }
        return read;
    }

    private void instruction(String name, String value) {
        switch (name) {
            case "FROM" -> { }
            case "COPY" -> copies.add(value.split(" "));
            case "RUN" -> runs.add(value);
            case "USER" -> user = value;
            case "WORKDIR" -> workdir = value;
            case "ENV" -> {
                for (String pair : value.split(" ")) {
                    environment.put(pair.split("=")[0], pair.split("=", 2)[1]);
                }
            }
            case "VOLUME" -> volumes.add(value);
            case "EXPOSE" -> ports.addAll(List.of(value.split(" ")));
            case "HEALTHCHECK" -> healthcheck = words(value.substring(value.indexOf('[')));
            case "ENTRYPOINT" -> entrypoint = words(value);
            default -> throw new IllegalArgumentException("what is " + name + "?");
        }
    }

    private static List<String> words(String json) {
        return ((Json.Arr) Json.parse(json)).values().stream().map(word -> ((Json.Str) word).value()).toList();
    }

    /// Lays it out in a root that has the base's part.
    void build(Path context, BareRoot root) throws Exception {
        for (String[] copy : copies) {
            Path to = root.folder().resolve(copy[1].substring(1));
            Files.createDirectories(to.getParent());
            Images.tool("cp", "-r", context.resolve(copy[0]).toString(), to.toString());
        }
        Images.tool("mkdir", "-p", root.folder() + "/usr/local/bin");
        for (String run : runs) {
            Images.Ended ended = Images.run(root.folder(), Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                    root.root("/bin/sh", "-c", run));
            if (ended.status() != 0) {
                throw new AssertionError("RUN " + run + ": " + ended);
            }
        }
    }

    /// The command that `docker run` would start.
    ///
    /// @param added to its environment
    List<String> command(BareRoot root, Map<String, String> added, String... arguments) {
        List<String> words = new ArrayList<>(List.of("env", "-i"));
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(added);
        all.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(List.of("/usr/sbin/chroot", "--userspec=" + user, root.folder().toString(), "/bin/sh", "-c",
                "cd " + workdir + " && exec \"$@\"", "sh"));
        words.addAll(entrypoint);
        words.addAll(List.of(arguments));
        return words;
    }

    List<String> healthcheck() {
        return healthcheck;
    }

    List<String> ports() {
        return ports;
    }

    List<String> volumes() {
        return volumes;
    }
}
