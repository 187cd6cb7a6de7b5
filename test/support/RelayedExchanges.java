package support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import server.task.ApiPath;

/// The recorded exchanges with real hosts whose requests are relayed calls.
public final class RelayedExchanges {

    private static final List<String> FOLDERS = List.of("executor/ollama", "executor/openai", "relay");

    /// Exchanges that never reach a caller unchanged: a body that is not a call is refused before a host is asked, and
    /// a busy host is asked again.
    private static final Set<String> OURS = Set.of("error-bad-json", "llama-error-bad-json", "v1-error-bad-json",
            "error-no-model", "error-busy");

    private RelayedExchanges() {
    }

    /// Returns them in the order of their names.
    public static List<Exchange> all() {
        return FOLDERS.stream().flatMap(RelayedExchanges::in).filter(exchange -> !OURS.contains(exchange.name()))
                .filter(exchange -> Arrays.stream(ApiPath.values()).anyMatch(api -> api.path.equals(exchange.path())))
                .filter(exchange -> !exchange.requestBody().isEmpty()).toList();
    }

    private static Stream<Exchange> in(String folder) {
        try (Stream<Path> files = Files.list(Path.of("test/server", folder, "recordings"))) {
            return files.sorted().map(Exchange::of).toList().stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
