package server.executor.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {

    @ParameterizedTest
    @CsvSource({
        "http://gpu:8000, http://gpu:8000/v1, gpu:8000",
        "http://gpu:8000/, http://gpu:8000/v1, gpu:8000",
        "http://gpu:8000/v1, http://gpu:8000/v1, gpu:8000",
        "HTTPS://api.example.com/v1//, https://api.example.com/v1, api.example.com:443",
        "http://gpu/openai/v1, http://gpu/openai/v1, gpu:80",
        "http://gpu/api, http://gpu/api, gpu:80",
        "http://[::1]:8000, http://[::1]:8000/v1, [::1]:8000",
        "' http://127.0.0.1:1 ', http://127.0.0.1:1/v1, 127.0.0.1:1",
    })
    void of_addresses_areRead(String text, String base, String name) {
        Endpoint endpoint = Endpoint.at(text, null);
        assertEquals(base, endpoint.baseUrl().toString());
        assertEquals(name, endpoint.name());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "gpu:8000 | write http://HOST:PORT/v1",
        "ftp://gpu | write http://HOST:PORT/v1",
        "http:// | not a URL",
        "http://a b | not a URL",
        "http://my_gpu:1 | no host name",
        "http://gpu:0 | from 1 to 65535",
        "http://gpu:70000 | from 1 to 65535",
        "http://me:hush@gpu | user, password",
        "http://gpu/v1?key=hush | user, password",
        "http://gpu/v1#hush | user, password",
        "http://gpu/v1/chat/completions | must end where the API begins",
        "http://gpu/v1/embeddings/ | must end where the API begins",
    })
    void of_wrongAddresses_sayWhatIsRight(String text, String message) {
        String said = assertThrows(IllegalArgumentException.class, () -> Endpoint.at(text, null)).getMessage();
        assertTrue(said.contains(message), said);
        assertFalse(said.contains("hush"), said);
    }

    @Test
    void of_secretsThatCannotBeSent_areRefusedWithoutThem() {
        for (Map<String, String> headers : List.of(Map.of("X-Key", "hush\nhush"), Map.of("Host", "hush"),
                Map.of("Content-Length", "hush"), Map.of("a b", "hush"), Map.of("", "hush"))) {
            String said = assertThrows(IllegalArgumentException.class,
                    () -> Endpoint.of("n", "http://gpu", "", headers, Map.of(), null)).getMessage();
            assertFalse(said.contains("hush"), said);
        }
        String said = assertThrows(IllegalArgumentException.class,
                () -> Endpoint.at("http://gpu", "hush\nhush")).getMessage();
        assertEquals("api_key holds characters that no key has", said);
    }

    @Test
    void of_blanksAroundTheKey_areDropped() {
        assertEquals("k1", Endpoint.at("http://gpu", " k1\n").apiKey());
        assertEquals("", Endpoint.at("http://gpu", " \n").apiKey());
        assertThrows(IllegalArgumentException.class,
                () -> Endpoint.of("n", "http://gpu", "", Map.of(), Map.of(), Duration.ZERO));
    }

    @Test
    void toStringAndRedact_showNoSecret() {
        Endpoint endpoint = Endpoint.of("cloud", "http://gpu", "hush-hush", Map.of("X-A", "secret", "X-B", "1"),
                Map.of(), null);
        assertEquals("cloud at http://gpu/v1", endpoint.toString());
        assertEquals("1 *** or ***", endpoint.redact("1 hush-hush or secret"));
        assertNull(endpoint.timeout());
    }

    @Test
    void redact_keyOfAHeaderWithoutItsScheme_isHidden() {
        Endpoint endpoint = Endpoint.of("cloud", "http://gpu", "sk-one", Map.of("Authorization", "Bearer sk-one-two"),
                Map.of(), null);
        assertEquals("wrong key ***, from ***, not ***",
                endpoint.redact("wrong key sk-one-two, from Bearer sk-one-two, not sk-one"));
    }

    @Test
    void redact_keyAsJsonEscapesIt_isHidden() {
        Endpoint endpoint = Endpoint.at("http://gpu", "ab/cd+ef\\gh\"==");
        for (String escaped : new String[] {"ab/cd+ef\\gh\"==", "ab\\/cd+ef\\\\gh\\\"==",
                "ab\\u002fcd\\u002Bef\\u005Cgh\\u0022=="}) {
            assertEquals("{\"a\":\"***\"}", endpoint.redact("{\"a\":\"" + escaped + "\"}"));
        }
    }

    @Test
    void provider_addresses_areServedAndOpened() {
        OpenAiProvider provider = new OpenAiProvider();
        assertTrue(provider.serves("openai:http://gpu:1/v1") && provider.serves("openai:"));
        assertFalse(provider.serves("http://gpu:1/v1") || provider.serves("openai"));
        for (String address : new String[] {"openai:http://gpu:1", "http://gpu:1/v1"}) {
            try (var host = provider.open(address)) {
                assertEquals("http://gpu:1/v1", host.url());
                assertEquals("gpu:1", host.name());
            }
        }
        try (var host = provider.open("openai:")) {
            assertEquals("https://api.openai.com/v1", host.url());
        }
        assertThrows(IllegalArgumentException.class, () -> provider.open("openai:gpu"));
    }
}
