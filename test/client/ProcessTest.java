package client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import support.FakeApi;
import support.Jdks;
import support.Programs;

/// What only a real process shows: descriptors, pipes and signals.
@Tag("process")
final class ProcessTest {

    @Test
    void list_readerGoesAway_endsQuietlyAsByASignal() throws Exception {
        try (FakeApi api = new FakeApi()) {
            Process shell = shell("i=0; while [ $i -lt 60 ]; do echo \"$LINE\"; i=$((i + 1)); done | "
                    + "\"$@\" submit chat --model big --lines >/dev/null; "
                    + "{ \"$@\" list --output jsonl --full; echo \"status $?\" >&2; } | head -1 | cut -c1-5", api,
                    "x".repeat(10_000));
            assertEquals("{\"id\"\n", new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertEquals("status 141\n", new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            end(shell);
        }
    }

    @Test
    void list_intoAPipe_printsAllTasksInEachForm() throws Exception {
        try (FakeApi api = new FakeApi()) {
            Process shell = shell("i=0; while [ $i -lt 1234 ]; do echo \"$LINE\"; i=$((i + 1)); done | "
                    + "\"$@\" submit chat --lines >/dev/null; for form in jsonl json text table; do "
                    + "\"$@\" list --output $form | grep -c task_; done", api, "x");
            assertEquals("1234\n1234\n1234\n1234\n",
                    new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertEquals("", new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            end(shell);
        }
    }

    @Test
    void result_diskFull_saysSoAndFails() throws Exception {
        try (FakeApi api = new FakeApi()) {
            Process shell = shell("\"$@\" status >/dev/full; echo \"status $?\" >&2", api, "");
            assertEquals("ollama-queue: error: cannot write to standard output: No space left on device\nstatus 1\n",
                    new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            end(shell);
        }
    }

    @Test
    void submit_diskFull_namesWhatWasSubmitted() throws Exception {
        try (FakeApi api = new FakeApi()) {
            Process shell = shell("""
                    "$@" submit chat --prompt x >/dev/full
                    "$@" submit chat --prompt x --wait --output json >/dev/full
                    printf 'a\nb\n' | "$@" submit chat --lines >/dev/full
                    echo '{"type":"chat","prompt":"x"}' | "$@" import >/dev/full
                    "$@" cron add chat --name n --cron @daily --prompt x >/dev/full
                    """, api, "");
            String full = "ollama-queue: error: cannot write to standard output: No space left on device; ";
            assertEquals(full + "task_000000000001 was submitted\n"
                    + full + "task_000000000002 was submitted\n"
                    + full + "2 tasks were submitted, from task_000000000003 to task_000000000004\n"
                    + full + "1 task was imported\n"
                    + full + "cron_000000000001 was added\n",
                    new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            end(shell);
        }
    }

    @Test
    void submit_closedInput_saysSo() throws Exception {
        try (FakeApi api = new FakeApi()) {
            Process shell = shell("""
                    "$@" submit chat <&-; echo "status $?" >&2
                    "$@" submit chat --lines <&-; echo "status $?" >&2
                    "$@" import <&-; echo "status $?" >&2
                    "$@" submit chat --prompt x >/dev/null <&-; echo "status $?" >&2
                    """, api, "");
            String closed = "ollama-queue: error: cannot read standard input: it is closed\nstatus 2\n";
            assertEquals(closed.repeat(3) + "status 0\n",
                    new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            end(shell);
        }
    }

    @Test
    void main_cLocale_restoresItsWordsOrRefusesThem() throws Exception {
        try (FakeApi api = new FakeApi()) {
            Process shell = shell("export LC_ALL=C; "
                    + "\"$@\" submit chat --prompt 'Grüße 😀' --wait; "
                    + "\"$@\" submit chat --prompt \"$(printf 'Gr\\374\\337e')\"; echo \"status $?\" >&2; "
                    + "\"$@\" batch --file 'Grüße.json'; echo \"status $?\" >&2; "
                    + "\"$@\" status --config 'Grüße.yaml'; echo \"status $?\" >&2", "", classes(api));
            assertEquals("Grüße 😀\n",
                    new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            String said = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals("""
                    ollama-queue: error: the argument "Gr\ufffd\ufffde" did not arrive as UTF-8 text
                    ollama-queue: hint: set LC_ALL to a UTF-8 locale, or give text on standard input
                    status 2
                    ollama-queue: error: --file: cannot read Grüße.json: Malformed input or input contains \
                    unmappable characters: Grüße.json
                    status 2
                    ollama-queue: error: the path "Grüße.yaml" cannot be used: Malformed input or input \
                    contains unmappable characters
                    ollama-queue: hint: set LC_ALL to a UTF-8 locale
                    status 2
                    """, said);
            end(shell);
        }
    }

    @Test
    void events_timedOut_saysThatItStopped() throws Exception {
        try (FakeApi api = new FakeApi()) {
            Process shell = shell("\"$@\" events --task hang --timeout 2s; echo \"status $?\" >&2", api, "");
            assertEquals("ollama-queue: error: stopped after 2s\nstatus 124\n",
                    new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            end(shell);
        }
    }

    @Test
    void wait_interrupted_saysThatTheTaskGoesOn() throws Exception {
        try (FakeApi api = new FakeApi()) {
            ProcessBuilder builder = new ProcessBuilder(command(api, "submit", "chat", "--model", "hang", "--prompt",
                    "Grüße 😀", "--stream", "--output", "jsonl"));
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process client = builder.start();
            try (BufferedReader out = new BufferedReader(
                    new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
                assertTrue(out.readLine().contains("Grüße 😀"), "the first event");
                signal(client, "INT");
                assertEquals("""
                        ollama-queue: error: interrupted while waiting for task_000000000001
                        ollama-queue: hint: the queue continues: ollama-queue wait ID or ollama-queue cancel ID
                        """, new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            end(client);
            assertEquals(130, client.exitValue());
        }
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    private static void end(Process process) throws InterruptedException {
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertTrue(ended, "the process ends");
    }

    /// A script in which `"$@"` is the client.
    private static Process shell(String script, FakeApi api, String line) throws IOException {
        return shell(script, line, command(api));
    }

    private static Process shell(String script, String line, List<String> client) throws IOException {
        List<String> words = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        words.addAll(client);
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(Map.of("LINE", line, "LC_ALL", "C.UTF-8"));
        return builder.start();
    }

    private static List<String> command(FakeApi api, String... words) {
        List<String> command = new ArrayList<>(List.of("env", "OLLAMA_QUEUE_CLIENT_SERVER_URL=" + api.url(),
                Programs.client().toString()));
        command.addAll(List.of(words));
        return command;
    }

    /// Without its launcher, which would set another locale.
    private static List<String> classes(FakeApi api) {
        List<String> command = new ArrayList<>(List.of("env", "OLLAMA_QUEUE_CLIENT_SERVER_URL=" + api.url(),
                Jdks.current() + "/bin/java"));
        command.addAll(Jdks.BRIEF);
        command.addAll(List.of("-p", "build/modules", "-m", "ollamaqueue.client/client.Client"));
        return command;
    }
}
