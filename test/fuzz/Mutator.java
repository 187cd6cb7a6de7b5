package fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Makes inputs out of others: bits flipped, pieces cut, doubled, swapped, put in from elsewhere, words, odd numbers.
final class Mutator {

    static final int LENGTH_MAX = 64 << 10;

    /// This many inputs that were the first of their way are kept in addition to the given ones.
    private static final int FOUND_MAX = 500;
    /// The longest such input: longer ones only slow the rest down.
    private static final int FOUND_LENGTH_MAX = 8 << 10;
    private static final int CHANGES_MAX = 6;

    private static final List<String> ODD = List.of("0", "-1", "-0", "1e999", "1e-999", "2147483647", "2147483648",
            "-2147483649", "9223372036854775807", "9223372036854775808", "99999999999999999999", "4294967296", "65536",
            "0.1", "1.0", "00", "1e5", "NaN", "Infinity", "ffffffff", "0x10", "+5");
    private static final List<byte[]> BYTES = List.of(new byte[] {0}, new byte[] {-1}, new byte[] {(byte) 0xc0,
        (byte) 0xaf}, new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, new byte[] {(byte) 0xf4, (byte) 0x90,
        (byte) 0x80, (byte) 0x80}, utf8("\ufeff"), utf8("\u202e"), utf8("\u0085"), utf8("\u2028"), utf8("\ud83d\ude00"),
            new byte[] {0x1b}, new byte[] {0x7f}, new byte[] {(byte) 0x9b}, utf8("\r\n"), utf8("\n"), utf8("\r"));

    private final Random random;
    private final List<byte[]> corpus;
    private final int given;
    private final List<byte[]> words = new ArrayList<>(BYTES);

    Mutator(Random random, List<byte[]> corpus, List<String> words) {
        this.random = random;
        this.corpus = new ArrayList<>(corpus);
        given = corpus.size();
        words.forEach(word -> this.words.add(utf8(word)));
        ODD.forEach(word -> this.words.add(utf8(word)));
    }

    /// Adds an input to those from which others are made.
    void found(byte[] input) {
        if (input.length > FOUND_LENGTH_MAX) {
            return;
        }
        if (corpus.size() < given + FOUND_MAX) {
            corpus.add(input);
        } else {
            corpus.set(given + random.nextInt(FOUND_MAX), input);
        }
    }

    byte[] next() {
        byte[] input = one();
        // one change most often, for many of them rarely leave anything that is read far
        for (int left = 1 + Math.abs((int) (random.nextGaussian() * CHANGES_MAX / 3)); left > 0; left--) {
            input = changed(input);
        }
        return input.length <= LENGTH_MAX ? input : Arrays.copyOf(input, LENGTH_MAX);
    }

    private byte[] one() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] changed(byte[] input) {
        int from = random.nextInt(input.length + 1);
        int to = Math.min(input.length, from + length());
        return switch (random.nextInt(11)) {
            case 0 -> {
                byte[] flipped = input.clone();
                if (from < flipped.length) {
                    flipped[from] ^= (byte) (1 << random.nextInt(8));
                }
                yield flipped;
            }
            case 1 -> {
                byte[] set = input.clone();
                if (from < set.length) {
                    set[from] = (byte) random.nextInt(256);
                }
                yield set;
            }
            case 2 -> replaced(input, from, to, new byte[0]);
            case 3 -> replaced(input, from, from, Arrays.copyOfRange(input, from, to));
            case 4 -> repeated(input, from, to);
            case 5, 6 -> replaced(input, from, from, word());
            case 7 -> replaced(input, from, to, word());
            case 8 -> number(input, from);
            case 9 -> {
                byte[] other = one();
                int at = random.nextInt(other.length + 1);
                yield replaced(input, from, random.nextBoolean() ? input.length : to, Arrays.copyOfRange(other, at,
                        random.nextBoolean() ? other.length : Math.min(other.length, at + length())));
            }
            default -> Arrays.copyOf(input, from);
        };
    }

    /// Short most often.
    private int length() {
        return random.nextInt(1 << random.nextInt(10)) + 1;
    }

    private byte[] word() {
        return words.get(random.nextInt(words.size()));
    }

    /// A piece many times over.
    private byte[] repeated(byte[] input, int from, int to) {
        byte[] piece = random.nextBoolean() ? word() : Arrays.copyOfRange(input, from, to);
        int times = 1 << random.nextInt(1 + random.nextInt(13));
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        while (times-- > 0 && many.size() + piece.length < LENGTH_MAX / 2) {
            many.writeBytes(piece);
        }
        return replaced(input, from, from, many.toByteArray());
    }

    /// The next number behind a place becomes an odd one.
    private byte[] number(byte[] input, int from) {
        int start = from;
        while (start < input.length && (input[start] < '0' || input[start] > '9')) {
            start++;
        }
        int end = start;
        while (end < input.length && input[end] >= '0' && input[end] <= '9') {
            end++;
        }
        return replaced(input, start, end, utf8(ODD.get(random.nextInt(ODD.size()))));
    }

    private static byte[] replaced(byte[] input, int from, int to, byte[] piece) {
        byte[] next = Arrays.copyOf(input, input.length - (to - from) + piece.length);
        System.arraycopy(piece, 0, next, from, piece.length);
        System.arraycopy(input, to, next, from + piece.length, input.length - to);
        return next;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
