package server.executor.openai;

import java.time.InstantSource;

import server.executor.ExecutorProvider;
import server.executor.HostAddress;
import server.executor.TaskExecutor;
import server.executor.wire.EnvironmentProxies;
import server.executor.wire.Route;

/// Opens OpenAI-compatible hosts at `openai:http://HOST:PORT/v1`; `openai:` alone is OpenAI itself. Such an address
/// uses the key in `OPENAI_API_KEY`, as other clients do; an endpoint in the settings has its own ([Endpoint]).
public final class OpenAiProvider implements ExecutorProvider {

    private static final String PREFIX = "openai:";

    public OpenAiProvider() {
    }

    @Override
    public String kind() {
        return "openai";
    }

    @Override
    public boolean serves(String address) {
        return address.startsWith(PREFIX);
    }

    @Override
    public TaskExecutor open(String address) {
        return open(HostAddress.of(address));
    }

    @Override
    public TaskExecutor open(HostAddress host) {
        return new OpenAiExecutor(endpoint(host), route(host), InstantSource.system(), host.limits());
    }

    @Override
    public String check(HostAddress host) {
        route(host);
        return endpoint(host).name();
    }

    private Endpoint endpoint(HostAddress host) {
        String key = host.apiKey() == null && serves(host.url()) ? keyOfEnvironment() : host.apiKey();
        return Endpoint.of(host.name(), base(host.url()), key, host.headers(), host.models(), host.timeout());
    }

    private static Route route(HostAddress host) {
        return Route.of(host.caCert(), EnvironmentProxies.of(System.getenv()));
    }

    private static String keyOfEnvironment() {
        return System.getenv("OPENAI_API_KEY");
    }

    private static String base(String address) {
        String base = address.startsWith(PREFIX) ? address.substring(PREFIX.length()) : address;
        return base.isBlank() ? Endpoint.OPENAI : base;
    }
}
