package support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// A reverse proxy that serves a server under a path, as nginx does with `location /queue/ { proxy_pass …/; }`.
public final class PathProxy implements AutoCloseable {

    private static final String PATH = "/queue/";
    private static final List<String> PASSED_ON = List.of("Content-Type", "Accept", "Last-Event-ID", "Authorization",
            "Idempotency-Key");

    private final HttpServer proxy;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newHttpClient();
    private final String server;

    /// @param server the address of the server behind it, without a slash at its end
    public PathProxy(String server) {
        this.server = server;
        try {
            proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        proxy.createContext(PATH, this::pass);
        proxy.setExecutor(threads);
        proxy.start();
    }

    /// Returns the address of the server's `/` through the proxy.
    public String url() {
        return "http://localhost:" + proxy.getAddress().getPort() + PATH;
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().toString().substring(PATH.length());
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + "/" + path)).method(
                    exchange.getRequestMethod(),
                    HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
            for (String name : PASSED_ON) {
                if (exchange.getRequestHeaders().containsKey(name)) {
                    request.header(name, exchange.getRequestHeaders().getFirst(name));
                }
            }
            HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            answer.headers().firstValue("Content-Type").ifPresent(
                    type -> exchange.getResponseHeaders().set("Content-Type", type));
            exchange.sendResponseHeaders(answer.statusCode(), answer.statusCode() == 204 ? -1 : 0);
            try (InputStream in = answer.body(); OutputStream out = exchange.getResponseBody()) {
                byte[] piece = new byte[8192];
                for (int n = in.read(piece); n > 0; n = in.read(piece)) {
                    out.write(piece, 0, n);
                    out.flush();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        proxy.stop(0);
        client.shutdownNow();
        threads.shutdownNow();
        client.close();
        threads.close();
    }
}
