package server.live;

/// How much of a task's answer a reader has: everything before the offset of this attempt.
///
/// @param attempt 0 if it has nothing
/// @param offset  in UTF-8 bytes, as [AnswerBuffer] counts them
public record AnswerPlace(int attempt, int offset) {

    public static final AnswerPlace START = new AnswerPlace(0, 0);
}
