package server.executor.echo;

import java.util.Locale;

/// Converts a text to a unit vector: each word adds or subtracts 1 at a position given by its hash. Texts that share
/// words are close to each other, so that a pipeline's dry run finds what it searches for.
final class WordVector {

    /// The number of dimensions if the request does not say.
    static final int DIMENSIONS = 64;
    static final int DIMENSIONS_MAX = 65_536;

    private WordVector() {
    }

    static float[] of(String text, int dimensions) {
        float[] vector = new float[dimensions];
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
            if (!word.isEmpty()) {
                long hash = hash(word);
                vector[(int) Long.remainderUnsigned(hash >>> 1, dimensions)] += (hash & 1) == 0 ? 1 : -1;
            }
        }
        double square = 0;
        for (float value : vector) {
            square += value * value;
        }
        if (square == 0) {
            // no words, or words that cancel each other out
            vector[(int) Long.remainderUnsigned(hash(text), dimensions)] = 1;
            return vector;
        }
        float length = (float) Math.sqrt(square);
        for (int i = 0; i < dimensions; i++) {
            vector[i] /= length;
        }
        return vector;
    }

    /// FNV-1a of 64 bits over the chars, with its bits mixed once more because the low bits of FNV are weak.
    private static long hash(String word) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < word.length(); i++) {
            hash = (hash ^ word.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        return hash ^ hash >>> 33;
    }
}
