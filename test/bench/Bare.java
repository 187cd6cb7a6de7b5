package bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import server.settings.Settings;
import server.http.WebServer;

/// The floors behind the same HTTP server: `/` reads the body and answers with 120 bytes. `/store` also writes the body
/// unchanged into a file whose space was prepared, and syncs it.
final class Bare {

    private static final int PREPARED = 64 << 20;

    private final byte[] answer = "x".repeat(120).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private final FileChannel file;

    private Bare(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Disk.prepare(file, PREPARED);
    }

    public static void main(String[] args) throws IOException {
        WebServer.prepare(Settings.DEFAULT);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Bare bare = new Bare(Path.of(args[0]));
        server.createContext("/", bare::take);
        server.createContext("/store", bare::store);
        server.start();
        System.out.println("listening on http://localhost:" + server.getAddress().getPort());
    }

    private void take(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        answer(exchange);
    }

    private void store(HttpExchange exchange) throws IOException {
        byte[] block = new byte[256 << 10];
        InputStream in = exchange.getRequestBody();
        long at = 0;
        for (int length = in.read(block); length >= 0; length = in.read(block)) {
            file.write(ByteBuffer.wrap(block, 0, length), at);
            at += length;
        }
        file.force(false);
        answer(exchange);
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }
}
