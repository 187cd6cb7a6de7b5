package shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZonesTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"Europe/Berlin,Europe/Berlin", ":Europe/Berlin,Europe/Berlin",
        "/usr/share/zoneinfo/Europe/Berlin,Europe/Berlin", ":/usr/share/zoneinfo/Asia/Kolkata,Asia/Kolkata",
        "/usr/share/zoneinfo/posix/Europe/Berlin,Europe/Berlin", "/usr/share/zoneinfo/right/UTC,UTC", "UTC,UTC",
        "EST5EDT,EST5EDT", "UTC0,Z", "UTC+2,-02:00", "UTC-2,+02:00", "EST5,-05:00", "<+0330>-3:30,+03:30"})
    void local_aName_aPath_orAFixedOffset_isThatZone(String tz, String zone) {
        assertEquals(ZoneId.of(zone), Zones.local(tz));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST", "Europe/Nowhere", "/nowhere", "Berlin",
        "UTC+99"})
    void local_anythingElse_isRefused(String tz) {
        String message = assertThrows(Problem.class, () -> Zones.local(tz)).getMessage();
        assertTrue(message.startsWith("the environment variable TZ is \"" + tz + "\", which is not the name "
                + "of a time zone"),
                message);
    }

    @Test
    void local_unset_isTheSystems() {
        assertEquals(ZoneId.systemDefault(), Zones.local(null));
        assertEquals(ZoneId.systemDefault(), Zones.local(""));
    }

    @Test
    void local_aLinkToAZone_isIt() throws Exception {
        Path zone = directory.resolve("zoneinfo/Asia/Tokyo");
        Files.createDirectories(zone.getParent());
        Files.writeString(zone, "");
        Path link = Files.createSymbolicLink(directory.resolve("localtime"), zone);
        assertEquals(ZoneId.of("Asia/Tokyo"), Zones.local(link.toString()));
    }

    @Test
    void named_unknown_namesTheNearest() {
        assertTrue(assertThrows(Problem.class, () -> Zones.named("tz", "Europe/Berlim")).getMessage()
                .endsWith("not \"Europe/Berlim\"; did you mean Europe/Berlin?"));
    }
}
