package server.executor.wire;

/// How much of a host's answer is read.
///
/// @param line   the longest line, in bytes
/// @param answer the largest result, in bytes
public record Limits(int line, int answer) {

    public static final Limits DEFAULT = new Limits(32 << 20, 64 << 20);
}
