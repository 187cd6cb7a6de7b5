package server.executor;

import shared.json.JsonReader;

/// How much of a host's answer is read.
///
/// @param line   the longest line, in bytes
/// @param answer the largest result, in bytes
/// @param depth  how deep its JSON may nest, or [JsonReader#ANY_DEPTH]
public record Limits(int line, int answer, int depth) {

    public static final Limits DEFAULT = new Limits(32 << 20, 64 << 20, JsonReader.DEPTH_MAX);

    /// Returns a limit as the settings write it, for messages.
    public static String shown(int bytes) {
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + " MiB"
                : bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " bytes";
    }
}
