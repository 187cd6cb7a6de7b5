package server.order;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.task.RunnerOptions;
import shared.json.JsonReader;
import shared.json.Slice;

/// Single quotes stand for double ones.
class RunnerKeyTest {

    @Test
    void of_latestSaysNothing() {
        assertEquals(RunnerKey.of("qwen3", null), RunnerKey.of("qwen3:latest", RunnerOptions.NONE));
        assertEquals("a:8b", RunnerKey.plain("a:8b"));
    }

    @Test
    void names_ofAModelWithoutATag_areTwo() {
        assertEquals(Set.of("c", "c:latest"), RunnerKey.names("c"));
        assertEquals(Set.of("c", "c:latest"), RunnerKey.names("c:latest"));
        assertEquals(Set.of("c:7b"), RunnerKey.names("c:7b"));
        assertEquals(Set.of("box:5000/c", "box:5000/c:latest"), RunnerKey.names("box:5000/c"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|{}|true", "{'num_ctx':1}|{'num_ctx':1}|true",
            "{'num_ctx':1}|{'num_ctx':2}|false", "{'num_ctx':2}|{'num_ctx':1}|false",
            // what one leaves to Ollama may differ from what the other requests
            "{'num_ctx':1}|{}|false", "{}|{'num_ctx':1}|false", "{}|{'shift':true}|false",
            "{'use_mmap':true}|{}|false", "{}|{'use_mmap':true}|false", "{'num_batch':1}|{}|false",
            // num_gpu -1, which is its default, matches anything
            "{}|{'num_gpu':20}|true", "{'num_gpu':-1}|{'num_gpu':20}|true", "{'num_gpu':-1}|{}|true",
            "{'num_gpu':20}|{}|false", "{'num_gpu':20}|{'num_gpu':-1}|false", "{'num_gpu':20}|{'num_gpu':20}|true",
            "{'num_gpu':-1,'num_ctx':1}|{'num_gpu':20,'num_ctx':1}|true",
            "{'num_gpu':-1,'num_ctx':1}|{'num_gpu':20,'num_ctx':2}|false"})
    void isServedBy_asOllamaCompares(String asked, String started, boolean served) {
        RunnerKey key = RunnerKey.of("m:latest", options(asked));
        assertEquals(served, key.isServedBy("m", options(started)));
        assertEquals(false, key.isServedBy("n", options(started)));
    }

    static RunnerOptions options(String json) {
        return RunnerOptions.read(JsonReader.ofOwn(Slice.of(json.replace('\'', '"').getBytes(
                StandardCharsets.UTF_8))));
    }
}
