package real;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Third-party clients, installed once under `build/clients`, and the scripts in `test/real/clients` that use them.
final class ClientPrograms {

    private static final Path FOLDER = Path.of("build/clients").toAbsolutePath();
    private static final Path SCRIPTS = Path.of("test/real/clients").toAbsolutePath();
    private static final List<String> PYTHON = List.of("ollama==0.6.3", "openai==3.57.0", "anthropic==2.14.0",
            "litellm==1.110.2", "langchain-ollama==1.1.0");
    private static final List<String> NODE = List.of("ollama@0.6.4", "openai@7.59.0");
    private static final int INSTALL_S = 300;
    private static final Pattern NO_NETWORK = Pattern.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH"
            + "|NewConnectionError|NameResolutionError|ConnectTimeoutError|No matching distribution");

    private ClientPrograms() {
    }

    /// The command that runs a script; installs what it needs. Without the interpreter or the network the test is
    /// skipped; where CI is set it fails, unless it is the network that is missing.
    ///
    /// @param script `with_NAME.py` or `with_NAME.mjs`
    static List<String> command(String script) throws IOException, InterruptedException {
        if (script.endsWith(".py")) {
            need("python3");
            install("python", PYTHON, "python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check ");
            return List.of(FOLDER.resolve("venv/bin/python").toString(), "-B", SCRIPTS.resolve(script).toString());
        }
        need("node");
        need("npm");
        install("node", NODE, "npm install --no-audit --no-fund --no-package-lock --prefix . ");
        // a module finds its packages above the place where it lies
        for (String name : List.of("cases.mjs", script)) {
            Files.write(FOLDER.resolve(name), Files.readAllBytes(SCRIPTS.resolve(name)));
        }
        return List.of("node", FOLDER.resolve(script).toString());
    }

    /// The `ollama` command: `OLLAMA_COMMAND`, or the one on the path.
    static String ollama() {
        String named = System.getenv("OLLAMA_COMMAND");
        Path built = Path.of(System.getProperty("user.home"), ".cache/real-backends/bin/ollama");
        if (named != null || Files.isExecutable(built)) {
            return named != null ? named : built.toString();
        }
        need("ollama");
        return "ollama";
    }

    private static void need(String program) {
        if (Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .noneMatch(folder -> Files.isExecutable(Path.of(folder, program)))) {
            missing(program + " is not installed");
        }
    }

    private static void missing(String reason) {
        if (System.getenv("CI") != null) {
            fail(reason);
        }
        abort(reason);
    }

    private static void install(String kind, List<String> packages, String command)
            throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        Path done = FOLDER.resolve(kind + ".installed");
        String wanted = String.join(" ", packages);
        if (Files.exists(done) && Files.readString(done).equals(wanted)) {
            return;
        }
        Path log = FOLDER.resolve(kind + ".log");
        Process installer = new ProcessBuilder("sh", "-c", command + wanted).directory(FOLDER.toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        boolean ended = installer.waitFor(INSTALL_S, TimeUnit.SECONDS);
        installer.descendants().forEach(ProcessHandle::destroyForcibly);
        installer.destroyForcibly();
        String said = Files.readString(log, StandardCharsets.UTF_8);
        if (!ended || NO_NETWORK.matcher(said).find()) {
            abort("no network to install " + wanted + " from: " + said.lines().findFirst().orElse("no answer"));
        }
        if (installer.exitValue() != 0) {
            missing("installing " + wanted + " failed: " + said);
        }
        Files.writeString(done, wanted);
    }
}
