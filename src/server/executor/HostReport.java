package server.executor;

import java.util.List;

/// What a host tells of itself. Names of models are as the host writes them.
///
/// @param version   null if it does not tell
/// @param installed null if it has no list, or one that does not tell which models it answers to
/// @param loaded    the models that answer without being loaded first; null if it does not tell
public record HostReport(String version, List<String> installed, List<String> loaded) {

    /// The Ollama whose API is spoken where there is none: programs ask for one that is new enough.
    public static final String OLLAMA_VERSION = "0.33.0";
}
