package server.executor.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Proxy;
import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvironmentProxiesTest {

    @Test
    void of_noProxyNamed_isNull() {
        assertNull(EnvironmentProxies.of(Map.of("NO_PROXY", "*", "HTTP_PROXY", " ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "http://192.0.2.1/v1         |                    | plain:3128",
        "https://api.example.com/v1  |                    | secure:80",
        // loopback never
        "http://127.0.0.1:9101/v1    |                    | -",
        "http://127.8.8.8/v1         |                    | -",
        "http://localhost/v1         |                    | -",
        "http://a.localhost/v1       |                    | -",
        "http://[::1]:80/v1          |                    | -",
        // NO_PROXY
        "https://api.example.com/v1  | other, example.com | -",
        "https://api.example.com/v1  | .example.com       | -",
        "https://api.example.com/v1  | *.EXAMPLE.com      | -",
        "https://badexample.com/v1   | example.com        | secure:80",
        "https://api.example.com/v1  | api.example.com:443 | -",
        "https://api.example.com/v1  | api.example.com:80 | secure:80",
        "https://api.example.com/v1  | *                  | -",
        "http://10.1.2.3/v1          | 10.0.0.0/8         | -",
        "http://11.1.2.3/v1          | 10.0.0.0/8         | plain:3128",
        "http://11.1.2.3/v1          | 0.0.0.0/0          | -",
        "http://[fd00::1]/v1         | fd00::1            | -",
        "http://[fd00::1]:81/v1      | [fd00::1]:81       | -",
    })
    void select_asCurlDoes(String uri, String direct, String expected) {
        EnvironmentProxies proxies = EnvironmentProxies.of(Map.of("HTTP_PROXY", "http://plain:3128", "https_proxy",
                "secure", "HTTPS_PROXY", "http://the-small-one-wins", "NO_PROXY", direct == null ? "" : direct));
        Proxy proxy = proxies.select(URI.create(uri)).getFirst();
        assertEquals(expected, proxy == Proxy.NO_PROXY ? "-" : proxy.address().toString()
                .replace("/<unresolved>", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://proxy:1080", "http://user:secret@proxy", "://", "a b"})
    void of_whatCannotBeUsed_isToldWithoutItsValue(String value) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> EnvironmentProxies.of(Map.of("HTTPS_PROXY", value))).getMessage();
        assertEquals("HTTPS_PROXY must be http://HOST:PORT, without user and password; or name this host in NO_PROXY",
                message);
        assertFalse(message.contains("secret"));
    }
}
