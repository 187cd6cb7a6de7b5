package server.executor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.BiFunction;

import shared.Problem;

/// The kinds of host that exist, and how to get from an address to a host.
public final class ExecutorRegistry {

    private final List<ExecutorProvider> providers;

    /// @param providers asked in this order; the built-in `ollama` serves every plain address, so it belongs last
    public ExecutorRegistry(List<ExecutorProvider> providers) {
        this.providers = List.copyOf(providers);
    }

    /// Returns the built-in kinds and those of other modules on the path.
    public static ExecutorRegistry load() {
        return load(List.of());
    }

    /// Loads the built-in kinds and those of the jars in a folder.
    ///
    /// @param plugins null for none
    /// @throws Problem if there is no such folder, or with the names of the jars in it that cannot be used
    public static ExecutorRegistry load(Path plugins) {
        return load(plugins == null ? List.of() : Plugins.load(plugins));
    }

    private static ExecutorRegistry load(List<ExecutorProvider> plugins) {
        List<ExecutorProvider> found = new ArrayList<>(plugins);
        List<ExecutorProvider> builtIn = new ArrayList<>();
        for (ExecutorProvider provider : ServiceLoader.load(ExecutorProvider.class)) {
            boolean ours = provider.getClass().getModule() == ExecutorRegistry.class.getModule();
            (ours ? builtIn : found).add(provider);
        }
        // a plug-in may take addresses from the built-in kinds, but not the other way round
        found.addAll(builtIn);
        return new ExecutorRegistry(found);
    }

    /// Returns the names of all kinds, for messages and listings.
    ///
    /// @return the names of all kinds, for messages and listings
    public List<String> kinds() {
        return providers.stream().map(ExecutorProvider::kind).toList();
    }

    /// Returns the kind that serves an address.
    ///
    /// @param address as the user wrote it: `gpu`, `http://gpu:11434`, `echo:`
    /// @throws Problem if none does
    public ExecutorProvider provider(String address) {
        String clean = clean(address);
        return providers.stream().filter(provider -> provider.serves(clean)).findFirst()
                .orElseThrow(() -> Problem.badRequest("no kind of host serves the address \"" + shown(clean)
                        + "\" (known: " + String.join(", ", kinds())
                        + "); write host, host:port, http://host:port, openai:http://host:port/v1 or echo:"));
    }

    /// Returns the kind of a host.
    ///
    /// @param kind as the user named it, as in `kind: ollama`; null for the one that serves the address
    /// @throws Problem if there is no such kind, or none that serves the address
    public ExecutorProvider provider(String kind, String address) {
        return kind == null ? provider(address)
                : providers.stream().filter(provider -> provider.kind().equals(kind)).findFirst()
                        .orElseThrow(() -> Problem.badRequest("unknown kind of host \"" + kind
                                + "\"; it must be one of " + String.join(", ", kinds())));
    }

    /// Opens a host of the kind that serves the address; does not connect.
    ///
    /// @throws Problem if the address is invalid
    public TaskExecutor open(String address) {
        return open(null, HostAddress.of(address));
    }

    /// Opens a host; does not connect.
    ///
    /// @param kind null for the one that serves the address
    /// @throws Problem if there is no such kind, or the address is invalid
    public TaskExecutor open(String kind, HostAddress host) {
        return asking(kind, host, ExecutorProvider::open);
    }

    /// Checks that a host can be opened.
    ///
    /// @return the name of a host whose settings have none
    /// @throws Problem as [#open] does
    public String check(String kind, HostAddress host) {
        return asking(kind, host, ExecutorProvider::check);
    }

    private <T> T asking(String kind, HostAddress host, BiFunction<ExecutorProvider, HostAddress, T> question) {
        String url = clean(host.url());
        ExecutorProvider provider = provider(kind, url);
        try {
            return question.apply(provider, new HostAddress(host.name(), url, host.apiKey(), host.headers(),
                    host.models(), host.timeout(), host.limits(), host.caCert()));
        } catch (IllegalArgumentException wrong) {
            throw Problem.badRequest("the address \"" + shown(url) + "\" is not right: " + wrong.getMessage());
        }
    }

    /// Removes surrounding spaces and quotes, which come from env files and do not belong to it; Ollama drops them too.
    private static String clean(String address) {
        return address.strip().replaceAll("^[\"'\\s]+|[\"'\\s]+$", "");
    }

    /// Returns it without a password or a key, for messages and logs.
    private static String shown(String address) {
        return Problem.shown(address.replaceAll("^((?:\\w+:(?!//))?(?:\\w+://)?).*@", "$1***@")
                .replaceAll("([?&#][^=&#\\s]*=)[^&#\\s]*", "$1***"));
    }
}
