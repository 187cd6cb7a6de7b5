package server.executor;

import java.util.List;

/// What a host tells of itself. Names of models are as the host writes them.
///
/// @param version   null if it does not tell
/// @param installed null if it has no list, or one that does not tell which models it answers to
/// @param loaded    the models that answer without being loaded first; null if it does not tell
/// @param runners   more of these; null if it does not tell
public record HostReport(String version, List<String> installed, List<String> loaded, List<ReportedRunner> runners) {

    /// The Ollama whose API is spoken where there is none: programs ask for one that is new enough.
    public static final String OLLAMA_VERSION = "0.33.0";

    /// Of a host that tells no more than names.
    public HostReport(String version, List<String> installed, List<String> loaded) {
        this(version, installed, loaded, null);
    }

    /// A model that is loaded.
    ///
    /// @param contextLength in tokens; 0: not told
    /// @param expiresAt     when it is thrown out if nobody asks for it, milliseconds since the epoch; 0: not told
    /// @param size          what it takes, in bytes; 0: not told
    /// @param sizeVram      how much of that in the memory of graphics cards
    public record ReportedRunner(String model, long contextLength, long expiresAt, long size, long sizeVram) {
    }
}
