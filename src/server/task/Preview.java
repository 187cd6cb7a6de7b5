package server.task;

/// The beginning of a prompt, for lists.
final class Preview {

    /// In characters (code points).
    static final int LENGTH = 80;

    private Preview() {
    }

    static String of(String text) {
        return of(text, LENGTH);
    }

    /// The first so many characters; no pair of surrogates is cut apart.
    static String of(String text, int length) {
        int end = 0;
        for (int i = 0; i < length && end < text.length(); i++) {
            end += Character.charCount(text.codePointAt(end));
        }
        return text.substring(0, end);
    }
}
