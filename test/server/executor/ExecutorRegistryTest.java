package server.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;
import shared.Problem;

class ExecutorRegistryTest {

    private final ExecutorRegistry registry = ExecutorRegistry.load();

    @Test
    void load_builtInKinds_areFound() {
        assertTrue(registry.kinds().containsAll(List.of("echo", "openai", "ollama")), registry.kinds().toString());
    }

    @Test
    void open_addresses_reachTheirKinds() {
        assertEquals("echo", registry.provider("echo:").kind());
        assertEquals("echo", registry.provider(" 'echo:?delay=5ms' ").kind());
        assertEquals("ollama", registry.provider("echo:11434").kind());
        assertEquals("openai", registry.provider("openai:http://gpu:8000").kind());
        assertEquals("ollama", registry.provider("").kind());
        try (TaskExecutor host = registry.open(" \"http://gpu:11434/\" ")) {
            assertEquals("gpu:11434", host.name());
            assertEquals("http://gpu:11434", host.url());
        }
        try (TaskExecutor host = registry.open("ollama", HostAddress.of("gpu"))) {
            assertEquals("gpu:11434", host.name());
        }
    }

    @Test
    void open_unknown_namesWhatThereIs() {
        String message = assertThrows(Problem.class, () -> registry.open("gopher://gpu")).getMessage();
        assertTrue(message.contains("gopher://gpu") && message.contains("ollama"), message);
        message = assertThrows(Problem.class, () -> registry.open("llama", HostAddress.of("gpu"))).getMessage();
        assertTrue(message.contains("\"llama\"") && message.contains("echo"), message);
    }

    @Test
    void open_wrong_tellsWhyAndNoPassword() {
        String message = assertThrows(Problem.class, () -> registry.open("http://me:secret@gpu")).getMessage();
        assertTrue(message.startsWith("the address \"http://***@gpu\" is not right: "), message);
        assertFalse(message.contains("secret"));
        message = assertThrows(Problem.class, () -> registry.open("gopher://me:secret@gpu")).getMessage();
        assertFalse(message.contains("secret"), message);
        assertThrows(Problem.class, () -> registry.open("echo:?delay=soon"));
        assertThrows(Problem.class, () -> registry.open("echo:?tempo=1s"));
    }
}
