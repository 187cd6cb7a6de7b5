package bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// From exec to listening with a million pending tasks, compared with a program that reads the journal's files and
/// checks the checksum of every line, from exec to its end.
final class StartBench {

    private static final int CRC = 9;

    private StartBench() {
    }

    static void run(Work work, Table table) throws Exception {
        Path folder = Million.folder(work);
        Figures times = new Figures();
        Figures floors = new Figures();
        for (int i = -1; i < Subject.RUNS; i++) {
            long begun = System.nanoTime();
            try (Program floor = Program.java(work, "bench.StartBench", folder.toString())) {
                floor.read();
            }
            double floor = (System.nanoTime() - begun) / 1e9;
            begun = System.nanoTime();
            try (Program queue = Program.server(work, folder, "", "--ollama-host", "echo:")) {
                queue.port();
                if (i >= 0) {
                    times.add((System.nanoTime() - begun) / 1e9);
                    floors.add(floor);
                }
            }
        }
        table.row("start: 1,000,000 pending tasks, against CRCs", "s", times, floors, Goal.ratioAtMost(4));
        table.row("start: its time", "s", times, Goal.atMost(2.9, "s"));
    }

    /// The floor.
    public static void main(String[] args) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(Path.of(args[0]))) {
            files = found.filter(file -> file.toString().endsWith(".journal")).sorted().toList();
        }
        long lines = 0;
        for (Path file : files) {
            lines += check(file);
        }
        System.out.println(lines + " lines");
    }

    private static long check(Path file) throws IOException {
        byte[] block = new byte[256 << 10];
        CRC32C crc = new CRC32C();
        long lines = 0;
        try (InputStream in = Files.newInputStream(file)) {
            int filled = 0;
            for (int count = in.read(block); count >= 0; count = in.read(block, filled, block.length - filled)) {
                filled += count;
                int start = 0;
                for (int i = 0; i < filled; i++) {
                    if (block[i] == '\n') {
                        lines += i > start && good(crc, block, start, i) ? 1 : 0;
                        start = i + 1;
                    }
                }
                System.arraycopy(block, start, block, 0, filled - start);
                filled -= start;
            }
        }
        return lines;
    }

    private static boolean good(CRC32C crc, byte[] block, int from, int to) throws IOException {
        crc.reset();
        crc.update(block, from + CRC, to - from - CRC);
        long sum = crc.getValue();
        for (int i = 0; i < CRC - 1; i++) {
            if (Character.digit(block[from + i], 16) != (int) (sum >>> 28 - 4 * i & 0xf)) {
                throw new IOException("a line whose checksum is wrong");
            }
        }
        return true;
    }
}
