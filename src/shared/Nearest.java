package shared;

import java.util.Collection;

/// Finds what somebody may have meant.
public final class Nearest {

    private Nearest() {
    }

    /// Returns `; did you mean --port?`, or an empty text where no known word is near.
    public static String hint(String word, Collection<String> known) {
        String best = null;
        // words of which half or more differs are not alike
        int bestDistance = Math.min(Math.max(2, word.length() / 3), (word.length() - 1) / 2) + 1;
        for (String candidate : known) {
            int distance = distance(word, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best == null ? "" : "; did you mean " + best + "?";
    }

    /// How many insertions, deletions and replacements lie between two words (Levenshtein 1966).
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[row.length - 1];
    }
}
