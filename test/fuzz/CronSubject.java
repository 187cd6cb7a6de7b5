package fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;

import shared.Problem;
import shared.config.Durations;
import shared.cron.CronPreview;

/// Cron expressions and durations: due times ascend, and a duration that was written is read as the same.
final class CronSubject implements Subject {

    private static final int NEXT = 5;
    private static final List<ZoneId> ZONES = Stream.of("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu",
            "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca").map(ZoneId::of).toList();

    @Override
    public String name() {
        return "cron";
    }

    @Override
    public List<byte[]> corpus() {
        return Stream.of("* * * * *", "0 9 * * 1-5", "*/15 9-17 * * MON-FRI", "0 0 29 2 *", "0 0 1,15 * 0",
                "30 4 L * *", "0 0 LW * *", "0 0 L-3 * *", "0 12 15W * *", "0 0 * * 5L", "0 0 * * MON#2",
                "*/5 * * * * *", "0 0 0 1 JAN ?", "@daily", "@every 90m", "CRON_TZ=Europe/Berlin 30 2 * * *",
                "TZ=America/New_York 0 1-3 * 3,11 SUN", "~ ~ * * *", "0~29 3 * * *", "@every 1h30m", "1h30m", "250ms",
                "7d", "1.5h", "0 0 31 2 *").map(Mutator::utf8).toList();
    }

    @Override
    public List<String> words() {
        return List.of("*", "/", "-", ",", "~", "?", "L", "W", "LW", "#", " ", "\t", "JAN", "DEC", "SUN", "SAT",
                "MON-FRI",
                "@", "@every ", "@yearly", "CRON_TZ=", "TZ=", "Europe/Berlin", "Asia/Tehran", "UTC", "GMT+1", "+18:00",
                "*/",
                "0-59/7", "60", "31", "1h", "ms", "ns", "0 ", "9999999999d", ".5", "*/1,*/2,*/3,", "2-1");
    }

    @Override
    public String take(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        int turn = text.hashCode() & 0xffff;
        // a place in this century, now and then at an end of time
        Instant from = turn % 50 == 0 ? Instant.parse("9999-12-29T00:00:00Z") : turn % 50 == 1 ? Instant.EPOCH
                : Instant.ofEpochSecond(1_750_000_000L + turn * 50_021L);
        duration(text);
        try {
            CronPreview preview = CronPreview.of(text, ZONES.get(turn % ZONES.size()), from, NEXT);
            Instant last = from;
            for (Instant next : preview.next()) {
                assertTrue(next.isAfter(last), () -> preview.next() + " after " + from);
                last = next;
            }
            assertFalse(preview.description().isBlank());
            return "every " + preview.description().replaceAll("\\d+", "#");
        } catch (Problem refused) {
            assertTrue(refused.getMessage().length() < 2_000, refused.getMessage());
            return Subject.way(refused);
        }
    }

    private static void duration(String text) {
        try {
            long ms = Durations.parse("it", text).toMillis();
            String again = Durations.format(Durations.parse("it", text));
            assertEquals(ms, Durations.parse("it", again).toMillis(), again);
        } catch (Problem refused) {
            assertTrue(refused.getMessage().length() < 2_000, refused.getMessage());
        }
    }
}
