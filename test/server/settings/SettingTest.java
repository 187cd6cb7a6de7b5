package server.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import shared.Problem;

class SettingTest {

    private record Case(Setting<?> setting, String text, Object value) {
    }

    static Stream<Case> good() {
        Setting<?> integer = Setting.integer("x", -5, 100);
        Setting<?> size = Setting.size("x", "0", "1GiB");
        return Stream.of(
                new Case(integer, "0", 0), new Case(integer, "-5", -5), new Case(integer, "100", 100),
                new Case(Setting.number("x", 1, 100), "2", 2.0), new Case(Setting.number("x", 0, 1), "0.01", 0.01),
                new Case(Setting.bool("x"), "true", true), new Case(Setting.bool("x"), "No", false),
                new Case(Setting.bool("x"), "on", true), new Case(Setting.bool("x"), "OFF", false),
                new Case(Setting.duration("x", "0s", "1d"), "1h30m", Duration.ofMinutes(90)),
                new Case(Setting.duration("x", "0s", "1d"), "0", Duration.ZERO),
                new Case(Setting.durationOrZero("x", "1s", "1d"), "0s", Duration.ZERO),
                new Case(Setting.durationOrZero("x", "1s", "1d"), "1s", Duration.ofSeconds(1)),
                new Case(size, "0", 0), new Case(size, "65536", 65_536), new Case(size, "64KiB", 65_536),
                new Case(size, "64k", 65_536), new Case(size, "1.5 MiB", 1_572_864),
                new Case(size, "2MB", 2_000_000), new Case(size, "7B", 7), new Case(size, "1G", 1 << 30),
                new Case(Setting.memory("x", "0", "4GiB"), "3G", 3L << 30),
                new Case(size, "10%", (int) (0.1 * Runtime.getRuntime().maxMemory())),
                new Case(Setting.text("x"), "null", "null"), new Case(Setting.text("x").optional(), "", null),
                new Case(Setting.path("x"), "./a b", Path.of("./a b")),
                new Case(Setting.choice("x", "a", "b"), "B", "b"),
                new Case(Setting.secret("x"), " t0ken\n", "t0ken"),
                new Case(Setting.secret("x").optional(), " ", null));
    }

    @ParameterizedTest
    @MethodSource("good")
    void read_rightText_isItsValue(Case good) {
        assertEquals(good.value, good.setting.read("x", List.of(good.text)));
    }

    static Stream<Case> bad() {
        Setting<?> integer = Setting.integer("x", 1, 100);
        Setting<?> size = Setting.size("x", "1KiB", "1GiB");
        return Stream.of(
                new Case(integer, "101", "a whole number from 1 to 100, not \"101\""),
                new Case(integer, "0", "not \"0\""),
                new Case(integer, "010", "not \"010\""), new Case(integer, "1_0", "not"),
                new Case(integer, "0x10", "not"), new Case(integer, "1e1", "not"), new Case(integer, "+1", "not"),
                new Case(integer, " 1", "not"), new Case(integer, "", "not empty"),
                new Case(integer, "99999999999", "not"), new Case(integer, "\u0661", "not"),
                new Case(Setting.number("x", 1, 2), "0.99", "a number from 1 to 2"),
                new Case(Setting.number("x", 1, 2), "NaN", "not"),
                new Case(Setting.bool("x"), "1", "true or false, not \"1\""), new Case(Setting.bool("x"), "y", "not"),
                new Case(Setting.duration("x", "1s", "1d"), "10", "a duration such as"),
                new Case(Setting.duration("x", "1s", "1d"), "0s", "a duration from 1s to 1d"),
                new Case(Setting.duration("x", "1s", "1d"), "-1s", "a duration"),
                new Case(Setting.durationOrZero("x", "1s", "1d"), "999ms", "0s or a duration from 1s to 1d"),
                new Case(size, "1023", "from 1KiB to 1GiB, not"), new Case(size, "2GiB", "a size"),
                new Case(size, "1 XiB", "a size"), new Case(size, "1iB", "a size"),
                new Case(Setting.text("x"), " ", "text"), new Case(Setting.text("x"), "a\nb", "not \"a\ufffdb\""),
                new Case(Setting.path("x"), "a\0b", "a path"),
                new Case(Setting.choice("x", "a", "b"), "c", "one of a, b, not \"c\""));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void read_wrongText_saysWhatWouldBeRight(Case bad) {
        String message = assertThrows(Problem.class, () -> bad.setting.read("x.y", List.of(bad.text))).getMessage();
        assertTrue(message.startsWith("x.y must be ") && message.contains((String) bad.value), message);
    }

    @Test
    void read_wrongSecret_isNotShown() {
        for (String text : List.of("hunter2 hunter2", "hunter2\u00e9", "hunter2\nx")) {
            String message = assertThrows(Problem.class, () -> Setting.secret("x").read("x", List.of(text)))
                    .getMessage();
            assertEquals("x must be a secret of printable ASCII without spaces", message);
        }
    }
}
