package server.live;

/// What a reader has of a task's answer: of this attempt's, all before the offset.
///
/// @param attempt 0: it has nothing
/// @param offset  in bytes of UTF-8, as [AnswerBuffer] counts them
public record AnswerPlace(int attempt, int offset) {

    public static final AnswerPlace START = new AnswerPlace(0, 0);
}
