package server.executor.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaAddressTest {

    @ParameterizedTest
    @CsvSource({
        "'',                    http://127.0.0.1:11434,   127.0.0.1:11434",
        "gpu,                   http://gpu:11434,         gpu:11434",
        "gpu:1234,              http://gpu:1234,          gpu:1234",
        "gpu:,                  http://gpu:11434,         gpu:11434",
        ":1234,                 http://127.0.0.1:1234,    127.0.0.1:1234",
        "gpu/,                  http://gpu:11434,         gpu:11434",
        "gpu:1/a/b/,            http://gpu:1/a/b,         gpu:1",
        "0.0.0.0,               http://127.0.0.1:11434,   127.0.0.1:11434",
        "http://0.0.0.0:1,      http://127.0.0.1:1,       127.0.0.1:1",
        "1.2.3.4,               http://1.2.3.4:11434,     1.2.3.4:11434",
        "http://gpu,            http://gpu:80,            gpu:80",
        "HTTP://gpu:11434,      http://gpu:11434,         gpu:11434",
        "https://gpu,           https://gpu:443,          gpu:443",
        "https://gpu/ollama/,   https://gpu:443/ollama,   gpu:443",
        "https://gpu:8443/x%20y, https://gpu:8443/x%20y,  gpu:8443",
        "::1,                   http://[::1]:11434,       [::1]:11434",
        "[::1],                 http://[::1]:11434,       [::1]:11434",
        "[::1]:1234,            http://[::1]:1234,        [::1]:1234",
        "::,                    http://[::1]:11434,       [::1]:11434",
        "[::]:1234,             http://[::1]:1234,        [::1]:1234",
        "fd00::1,               http://[fd00::1]:11434,   [fd00::1]:11434",
        "https://[fd00::1]/,    https://[fd00::1]:443,    [fd00::1]:443",
    })
    void parse_everyFormOfOllamaHost_isRead(String text, String base, String name) {
        OllamaAddress address = OllamaAddress.parse(text);
        assertEquals(base, address.base().toString());
        assertEquals(name, address.name());
        assertEquals(base + "/api/chat", address.at("/api/chat").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu:0", "gpu:65536", "gpu:x", "gpu:-1", "gpu:123456", "ftp://gpu", "a b", "gpu?x=1",
        "gpu#x", "http://user:secret@gpu", "[::1", "http://", "http://my_gpu", "gpü", "http://gpu:1:2:3:zz", "[::1]x"})
    void parse_wrong_isRefusedWithoutSecret(String text) {
        if (text.equals("http://")) {
            // Ollama takes it for the loopback address
            assertEquals("127.0.0.1:80", OllamaAddress.parse(text).name());
            return;
        }
        String message = assertThrows(IllegalArgumentException.class, () -> OllamaAddress.parse(text)).getMessage();
        assertTrue(!message.isBlank() && !message.contains("secret"), message);
    }

    @Test
    void provider_serves_whatHasNoOtherScheme() {
        OllamaProvider provider = new OllamaProvider();
        assertTrue(provider.serves("gpu") && provider.serves("HTTPS://gpu") && provider.serves("echo:11434"));
        assertTrue(!provider.serves("openai://x"));
    }
}
