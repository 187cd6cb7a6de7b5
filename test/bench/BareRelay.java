package bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import server.http.WebServer;
import server.settings.Settings;

/// The floor of relayed calls: the JDK's own parts put together, without a queue. Its argument is the host's port.
final class BareRelay {

    private final String host;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .executor(Runnable::run).build();

    private BareRelay(String host) {
        this.host = host;
    }

    public static void main(String[] args) throws IOException {
        WebServer.prepare(Settings.DEFAULT);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", new BareRelay("http://127.0.0.1:" + args[0])::relay);
        server.start();
        System.out.println("listening on http://localhost:" + server.getAddress().getPort());
    }

    private void relay(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        HttpResponse<InputStream> answer;
        try {
            answer = client.send(HttpRequest.newBuilder(URI.create(host + exchange.getRequestURI()))
                    .POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
        exchange.getResponseHeaders().set("Content-Type", answer.headers().firstValue("Content-Type").orElseThrow());
        exchange.sendResponseHeaders(answer.statusCode(),
                answer.headers().firstValueAsLong("Content-Length").orElse(0));
        byte[] block = new byte[16 << 10];
        try (InputStream in = answer.body(); OutputStream out = exchange.getResponseBody()) {
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                out.write(block, 0, count);
                out.flush();
            }
        }
    }
}
