import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Prints `chat=NAME` and `embed=NAME` for models that the Ollama at the given address has; nothing if none answers.
/// Run as a single source file by demo.sh.
final class FindModels {

    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");

    public static void main(String[] arguments) {
        String base = arguments[0].contains("://") ? arguments[0] : "http://" + arguments[0];
        URI root = URI.create(base);
        if (root.getPort() < 0 && root.getScheme().equals("http") && !arguments[0].contains("://")) {
            base += ":11434";
        }
        String chat = null;
        String embed = null;
        try {
            Matcher names = NAME.matcher(ask(HttpRequest.newBuilder(URI.create(base + "/api/tags"))));
            while (names.find() && (chat == null || embed == null)) {
                String model = names.group(1);
                String shown = ask(HttpRequest.newBuilder(URI.create(base + "/api/show"))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model + "\"}")));
                chat = chat == null && shown.contains("\"completion\"") ? model : chat;
                embed = embed == null && shown.contains("\"embedding\"") ? model : embed;
            }
        } catch (Exception noAnswer) {
            return;
        }
        System.out.print((chat == null ? "" : "chat=" + chat + "\n") + (embed == null ? "" : "embed=" + embed + "\n"));
    }

    private static String ask(HttpRequest.Builder request) throws Exception {
        HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        return client.send(request.timeout(Duration.ofSeconds(5)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
