package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import support.Await;
import support.ServerProcess;

/// A host behind TLS whose certificate was issued by a company's own authority.
final class TlsHostTest {

    private static final String TASK = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"x\",\"on\":\"%s\"}";
    private static final Map<String, String> ANSWERS = Map.of("/api/version", "{\"version\":\"0.12.0\"}",
            "/api/tags", "{\"models\":[{\"name\":\"m:latest\",\"model\":\"m:latest\"}]}",
            "/api/ps", "{\"models\":[]}",
            "/api/generate", "{\"model\":\"m\",\"response\":\"by TLS\",\"done\":true,\"done_reason\":\"stop\"}\n");

    @TempDir
    Path folder;

    @Test
    void hostWithItsIssuersCertificate_runsTasks_withoutIt_saysWhatToSet() throws Exception {
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1",
                "-validity", "2");
        keytool("-exportcert", "-rfc", "-file", "issuer.pem");
        HttpsServer host = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        host.setHttpsConfigurator(new HttpsConfigurator(context()));
        host.createContext("/", TlsHostTest::answer);
        host.start();
        Path config = folder.resolve("config.yaml");
        Files.writeString(config, """
                ollama:
                  hosts:
                    - {name: trusted, url: "https://localhost:%1$d", ca_cert: "%2$s"}
                    - {name: strange, url: "https://127.0.0.1:%1$d"}
                """.formatted(host.getAddress().getPort(), folder.resolve("issuer.pem")));
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--config", config.toString())) {
            assertEquals("completed", server.awaitEnd(server.submit(TASK.formatted("trusted"))).text("status"));
            String waits = server.submit(TASK.formatted("strange"));
            // between two attempts, both of which are short
            Await.until("it waits and says why", () -> {
                String task = server.get("/api/tasks/" + waits).body();
                return task.contains("the issuer of its certificate is not trusted; set the host's ca_cert")
                        && ServerProcess.object(task).text("status").equals("pending");
            });
        } finally {
            host.stop(0);
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange; InputStream body = exchange.getRequestBody()) {
            body.readAllBytes();
            byte[] answer = ANSWERS.getOrDefault(exchange.getRequestURI().getPath(), "Ollama is running")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private SSLContext context() throws Exception {
        KeyStore keys = KeyStore.getInstance(folder.resolve("keys.p12").toFile(), "secret".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void keytool(String... words) throws Exception {
        List<String> command = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin/keytool")
                .toString(), "-keystore", "keys.p12", "-storepass", "secret", "-alias", "host"), Stream.of(words))
                .toList();
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
