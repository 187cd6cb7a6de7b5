package bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Controls a [Load].
final class Client implements AutoCloseable {

    /// A task of 300 bytes, as a submit sends it.
    static final String TASK = task(300);

    private final Work work;
    private final Program load;

    /// @param p50 and p99 in microseconds
    record Result(long count, double seconds, double p50, double p99) {
        double perSecond() {
            return count / seconds;
        }
    }

    Client(Work work) throws IOException {
        this.work = work;
        load = Program.java(work, "bench.Load");
    }

    /// A request as bytes in a file.
    Path request(String name, String method, String path, String type, byte[] body) throws IOException {
        byte[] head = (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                + (body.length == 0 ? "" : "Content-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n")
                + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return Files.write(work.folder().resolve(name), all);
    }

    /// A submit of [#TASK].
    Path submit() throws IOException {
        return request("submit", "POST", "/api/tasks", "application/json", TASK.getBytes(StandardCharsets.UTF_8));
    }

    void post(int port, String path) throws IOException {
        count(port, 1, 1, request("post", "POST", path, "", new byte[0]));
    }

    Result count(int port, int connections, long count, Path request) throws IOException {
        return run(port + " " + connections + " " + count + " " + Long.MAX_VALUE / 2 + " " + request);
    }

    Result time(int port, int connections, double seconds, Path request) throws IOException {
        return run(port + " " + connections + " " + Integer.MAX_VALUE + " " + (long) (seconds * 1e9) + " " + request);
    }

    private Result run(String command) throws IOException {
        String[] words = load.ask(command).split(" ");
        if (!words[4].equals("0")) {
            throw new IOException(words[4] + " of " + words[0] + " answers had no 2xx status: " + command);
        }
        return new Result(Long.parseLong(words[0]), Long.parseLong(words[1]) / 1e9, Long.parseLong(words[2]) / 1e3,
                Long.parseLong(words[3]) / 1e3);
    }

    /// A task of this many bytes.
    static String task(int length) {
        String head = "{\"type\":\"chat\",\"model\":\"qwen3\",\"priority\":5,"
                + "\"payload\":{\"messages\":[{\"role\":\"user\",\"content\":\"";
        String tail = "\"}]}}";
        return head + "a line of a prompt ".repeat(20).substring(0, length - head.length() - tail.length()) + tail;
    }

    @Override
    public void close() {
        load.close();
    }
}
