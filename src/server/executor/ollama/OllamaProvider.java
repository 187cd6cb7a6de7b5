package server.executor.ollama;

import java.time.InstantSource;

import server.executor.ExecutorProvider;
import server.executor.HostAddress;
import server.executor.TaskExecutor;
import server.executor.wire.Route;

/// Opens Ollama hosts, at every address that `OLLAMA_HOST` accepts.
public final class OllamaProvider implements ExecutorProvider {

    public OllamaProvider() {
    }

    @Override
    public String kind() {
        return "ollama";
    }

    /// An address with another scheme belongs to another kind of host.
    @Override
    public boolean serves(String address) {
        return !address.contains("://") || address.matches("(?i)https?://.*");
    }

    @Override
    public TaskExecutor open(String address) {
        return open(HostAddress.of(address));
    }

    @Override
    public TaskExecutor open(HostAddress host) {
        OllamaAddress address = OllamaAddress.parse(host.url());
        return new OllamaExecutor(host.name() == null ? address : new OllamaAddress(address.base(), host.name()),
                Route.of(host.caCert(), null), InstantSource.system(), host.limits());
    }

    @Override
    public String check(HostAddress host) {
        Route.of(host.caCert(), null);
        return OllamaAddress.parse(host.url()).name();
    }
}
