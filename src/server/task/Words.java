package server.task;

/// What error messages say of a text that was not understood.
final class Words {

    /// So many characters of a user's own text are repeated in an error message.
    private static final int QUOTED = 60;

    private Words() {
    }

    static String shorten(String text) {
        return text.length() <= QUOTED ? text : Preview.of(text, QUOTED) + "…";
    }
}
