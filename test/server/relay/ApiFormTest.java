package server.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.http.Answer.Whole;
import shared.Problem;

final class ApiFormTest {

    @ParameterizedTest
    @CsvSource({"/api/chat,OLLAMA", "/,OLLAMA", "/api/tags,OLLAMA", "/v1/chat/completions,OPENAI",
            "/v1/completions,OPENAI", "/v1/embeddings,OPENAI", "/v1/models,OPENAI", "/v1/models/a,OPENAI",
            "/v1/responses,RESPONSES", "/v1/responses/,RESPONSES", "/v1/responsesx,OPENAI", "/v1/messages,MESSAGES",
            "/v1/messages/count_tokens,MESSAGES", "/v1x,OLLAMA", "/v1,OPENAI"})
    void of_path_isItsApi(String path, ApiForm api) {
        assertEquals(api, ApiForm.of(path));
    }

    @Test
    void error_eachApi_hasItsForm() {
        Problem problem = Problem.notFound("model 'x' not found");
        assertEquals("{\"error\":\"model 'x' not found\"}", body(ApiForm.OLLAMA.error(problem)));
        String openAi = "{\"error\":{\"message\":\"model 'x' not found\",\"type\":\"not_found_error\",\"param\":null,"
                + "\"code\":null}}";
        assertEquals(openAi, body(ApiForm.OPENAI.error(problem)));
        assertEquals(openAi, body(ApiForm.RESPONSES.error(problem)));
        assertEquals("{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\","
                + "\"message\":\"model 'x' not found\"}}", body(ApiForm.MESSAGES.error(problem)));
        assertEquals(404, ApiForm.OPENAI.error(problem).status());
        assertEquals("application/json", ApiForm.OPENAI.error(problem).type());
    }

    @ParameterizedTest
    @CsvSource({"400,invalid_request_error,invalid_request_error", "401,authentication_error,authentication_error",
            "402,insufficient_quota,billing_error", "403,permission_error,permission_error",
            "405,invalid_request_error,invalid_request_error", "409,invalid_request_error,invalid_request_error",
            "413,invalid_request_error,request_too_large", "429,rate_limit_error,rate_limit_error",
            "499,api_error,api_error", "500,api_error,api_error", "503,api_error,overloaded_error",
            "504,api_error,timeout_error"})
    void error_status_hasTheTypeThatClientsKnow(int status, String openAi, String anthropic) {
        Problem problem = new Problem(status, "w");
        assertEquals("{\"error\":{\"message\":\"w\",\"type\":\"" + openAi + "\",\"param\":null,\"code\":null}}",
                body(ApiForm.OPENAI.error(problem)));
        assertEquals("{\"type\":\"error\",\"error\":{\"type\":\"" + anthropic + "\",\"message\":\"w\"}}",
                body(ApiForm.MESSAGES.error(problem)));
    }

    @Test
    void error_retry_isToldInHeaders() {
        Problem full = new Problem(503, "full");
        assertArrayEquals(new String[] {"Retry-After", "5"}, ApiForm.OLLAMA.error(full).headers());
        assertArrayEquals(new String[] {"Retry-After", "120"}, ApiForm.OPENAI.error(full, 120, true).headers());
        assertArrayEquals(new String[] {"Retry-After", "120"}, ApiForm.OPENAI.error(full, 121, true).headers());
        assertArrayEquals(new String[] {"Retry-After", "1"},
                ApiForm.OPENAI.error(new Problem(429, "slow"), 0, true).headers());
        assertArrayEquals(new String[] {"x-should-retry", "false"}, ApiForm.OPENAI.error(full, 9, false).headers());
        assertArrayEquals(new String[] {"x-should-retry", "false", "Retry-After", "60"},
                ApiForm.OPENAI.error(new Problem(429, "used up"), 60, false).headers());
        assertArrayEquals(new String[] {"WWW-Authenticate", "Bearer realm=\"ollama-queue\"", "x-should-retry", "false"},
                ApiForm.MESSAGES.error(new Problem(401, "key")).headers());
        for (int status : new int[] {400, 404, 409, 413, 415}) {
            assertArrayEquals(new String[] {"x-should-retry", "false"},
                    ApiForm.OPENAI.error(new Problem(status, "wrong")).headers());
        }
        for (int status : new int[] {408, 500, 507}) {
            assertArrayEquals(new String[0], ApiForm.OPENAI.error(new Problem(status, "later")).headers());
        }
        // a host's key is no concern of the caller's
        assertArrayEquals(new String[] {"x-should-retry", "false"},
                ApiForm.MESSAGES.error(new Problem(401, "key"), 9, false).headers());
    }

    private static String body(Whole answer) {
        return new String(answer.bytes(), 0, answer.length(), StandardCharsets.UTF_8);
    }
}
