package server.executor;

import java.util.List;

/// What a host reports about itself. The names of models are the host's.
///
/// @param version   null if it does not report one
/// @param installed null if it has no list, or one that does not contain the models to which it answers
/// @param loaded    the models that answer without being loaded first; null if it does not report them
/// @param runners   details of these; null if it does not report them
public record HostReport(String version, List<String> installed, List<String> loaded, List<ReportedRunner> runners) {

    /// The version of Ollama whose API is spoken if there is no Ollama: programs ask for one that is new enough.
    public static final String OLLAMA_VERSION = "0.33.0";

    /// Makes a report that contains only names.
    public HostReport(String version, List<String> installed, List<String> loaded) {
        this(version, installed, loaded, null);
    }

    /// A loaded model.
    ///
    /// @param contextLength in tokens; 0: not reported
    /// @param expiresAt     when it is unloaded if it gets no requests, milliseconds since the epoch; 0: not reported
    /// @param size          its memory, in bytes; 0: not reported
    /// @param sizeVram      how much of that is memory of graphics cards
    public record ReportedRunner(String model, long contextLength, long expiresAt, long size, long sizeVram) {
    }
}
