/// The server. It uses only the JDK and the module shared with the client.
module ollamaqueue.server {
    requires transitive ollamaqueue.shared;
    requires java.management;
    requires java.net.http;
    requires jdk.httpserver;
    requires jdk.unsupported;

    exports server.executor;

    uses server.executor.ExecutorProvider;
    provides System.LoggerFinder with server.log.LogProvider;
    provides java.net.spi.InetAddressResolverProvider with server.tls.NoReverseLookup;
    provides server.executor.ExecutorProvider with
        server.executor.echo.EchoProvider,
        server.executor.openai.OpenAiProvider,
        server.executor.ollama.OllamaProvider;
}
