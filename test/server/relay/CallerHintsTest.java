package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.access.Asker;
import shared.Problem;

final class CallerHintsTest {

    @Test
    void headers_ofTheQueue_sayAll() {
        assertEquals(new CallerHints("a@b.example", null, -7, "gpu 1", true, false), hints(headers("X-Queue-Client",
                "a@b.example", "X-Queue-Priority", "-7", "X-Queue-On", "gpu 1", "X-Queue-Keep", "true",
                "X-Queue-Record", "0")::get, null));
        assertEquals(new CallerHints(null, null, null, null, null, null), hints(name -> null, null));
    }

    @Test
    void path_anyOrder_isRead() {
        assertEquals(new CallerHints(null, null, 1, null, null, null), hints(name -> null, "priority=low"));
        assertEquals(new CallerHints("nightly", null, null, null, null, null),
                hints(name -> null, "client=nightly"));
        assertEquals(new CallerHints("x", null, 10, "a,b=\u00e4", null, null),
                hints(name -> null, "on=a%2Cb%3D%C3%A4,priority=HIGH,client=x"));
    }

    @Test
    void header_countsBeforePathBeforeBody() {
        String path = "client=path,priority=low,on=path";
        Map<String, String> headers = headers("X-Queue-Client", "head", "X-Queue-Priority", "critical",
                "X-Queue-On", "h");
        assertEquals(new CallerHints("head", null, 15, "h", null, null),
                hints(headers::get, path).withTier("flex"));
        assertEquals(new CallerHints("path", null, 1, "path", null, null),
                hints(name -> null, path).withTier("priority"));
    }

    @ParameterizedTest
    @CsvSource({"flex,1", "default,5", "priority,10", "auto,", "FLEX,", ","})
    void tier_known_isThePriority(String tier, Integer priority) {
        assertEquals(priority, hints(name -> null, null).withTier(tier).priority());
    }

    @Test
    void programsOwnIdentity_firstThatIsAName() {
        Map<String, String> headers = headers("X-Client-ID", "c", "X-User-ID", "u", "X-OpenWebUI-User-Id", "id-1",
                "X-OpenWebUI-User-Email", "a@example.org");
        assertEquals("a@example.org", hints(headers::get, "client=path").client());
        headers.put("X-OpenWebUI-User-Email", "a+b@example.org");
        assertEquals("id-1", hints(headers::get, null).client());
        headers.put("X-OpenWebUI-User-Id", "x".repeat(65));
        assertEquals("u", hints(headers::get, null).client());
        headers.put("X-User-ID", "");
        assertEquals("c", hints(headers::get, null).client());
        headers.put("X-Client-ID", "a b");
        assertNull(hints(headers::get, null).client());
        assertEquals("path", hints(headers::get, "client=path").client());
        headers.put("X-Queue-Client", "q");
        assertEquals("q", hints(headers::get, null).client());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"X-Queue-Priority|urgent|X-Queue-Priority: priority must be an integer",
            "X-Queue-Client|a b|X-Queue-Client: a client must be 1 to 64 of", "X-Queue-Client|''|not \"\"",
            "X-Queue-Keep|yes|X-Queue-Keep: must be true or false, not \"yes\"",
            "X-Queue-Record|''|X-Queue-Record: must be true", "X-Queue-On|' '|1 to 255 characters"})
    void header_wrong_is400(String name, String value, String message) {
        Problem problem = assertThrows(Problem.class, () -> hints(headers(name, value)::get, "on=a"));
        assertEquals(400, problem.status());
        assertTrue(problem.getMessage().contains(message), problem.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "low", "priority", "prio=low", "Priority=low", "priority=low,", "=", "priority=",
            "client=a%20b", "client=", "client=a,client=a", "on=", "on=%00", "on=%zz", "on=%ff", "keep=true",
            "priority=low&client=a", "client=\u00e4", "client=..%2f..", "client=a%0d%0aX-Evil:%201"})
    void path_wrong_is400(String path) {
        assertEquals(400, assertThrows(Problem.class, () -> hints(name -> null, path)).status());
        // also where the header counts
        assertThrows(Problem.class, () -> hints(headers("X-Queue-Priority", "1", "X-Queue-Client", "a",
                "X-Queue-On", "b")::get, path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"priority%3Dlow%2Cclient%3Dx", "priority%3dlow,client%3dx", "prio%72ity=l%6Fw,client=%78"})
    void path_encoded_isTheSame(String path) {
        assertEquals(new CallerHints("x", null, 1, null, null, null), hints(name -> null, path));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"pririty=low|; did you mean priority?",
            "pririty%3Dlow|; did you mean priority?",
            "priority|; the value is missing", "client=a,on|; the value is missing", "''|''", "=low|''"})
    void path_wrong_saysWhatIsRight(String path, String hint) {
        String message = assertThrows(Problem.class, () -> hints(name -> null, path)).getMessage();
        String shown = path.replace("%3D", "=").substring(path.indexOf(',') + 1);
        assertEquals("/q/ takes priority, client and on, as in /q/priority=low,client=nightly/v1, not \"" + shown
                + "\"" + hint, message);
    }

    private static CallerHints hints(UnaryOperator<String> header, String path) {
        return CallerHints.of(header, path, Asker.ANYBODY);
    }

    private static Map<String, String> headers(String... namesAndValues) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }
}
