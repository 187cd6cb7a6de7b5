package shared;

/// Characters that affect how a text is shown instead of being shown: the control characters of C0 and C1, and those
/// that change the direction of the text around them. In text from outside they could move a terminal's cursor or fake
/// another line of a log.
public final class Controls {

    private Controls() {
    }

    /// Returns a text in which each such character is replaced by its JSON escape, such as `\u001b`.
    ///
    /// @param lines whether line ends (LF, CR LF) and tabs stay as they are
    public static String shown(String text, boolean lines) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean stays = !steers(c) || lines && (c == '\n' || c == '\t'
                    || c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n');
            if (stays) {
                shown.append(c);
            } else {
                shown.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
            }
        }
        return shown.toString();
    }

    private static boolean steers(char c) {
        return Character.isISOControl(c) || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069'
                || c == '\u200e' || c == '\u200f' || c == '\u061c';
    }
}
