package shared;

import java.util.Collection;

/// Finds the known word that was probably meant.
public final class Nearest {

    /// A word of at least this many letters counts as an abbreviation of one that begins with it.
    private static final int SHORT_MIN = 4;

    private Nearest() {
    }

    /// Returns `; did you mean --port?`, or an empty text if no known word is similar.
    public static String hint(String word, Collection<String> known) {
        String best = null;
        String initial = word.substring(0, Math.min(1, word.length()));
        int bestDistance = Math.max(2, word.length() / 3) + 1;
        for (String candidate : known) {
            int distance = isShort(word, candidate) ? 1 : distance(word, candidate);
            // words that begin differently, and of which half differs, are not similar
            boolean alike = distance <= 1 || 2 * distance < word.length() || candidate.startsWith(initial);
            if (alike && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best == null ? "" : "; did you mean " + best + "?";
    }

    private static boolean isShort(String word, String candidate) {
        return word.length() >= SHORT_MIN && candidate.startsWith(word);
    }

    /// Returns how many insertions, deletions, replacements and swaps of neighbours turn one word into the other
    /// (Damerau 1964, with each part of a word changed once).
    private static int distance(String one, String other) {
        int[][] rows = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                boolean same = one.charAt(i - 1) == other.charAt(j - 1);
                int least = Math.min(rows[i - 1][j - 1] + (same ? 0 : 1),
                        1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
                boolean swapped = i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1);
                rows[i][j] = swapped ? Math.min(least, rows[i - 2][j - 2] + 1) : least;
            }
        }
        return rows[one.length()][other.length()];
    }
}
