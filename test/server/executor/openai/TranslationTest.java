package server.executor.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import server.executor.Call;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.Slice;

class TranslationTest {

    private static final Endpoint HERE = Endpoint.at("http://gpu:1", null);
    private static final String STREAM = "\"model\":\"q\",\"stream\":true,\"stream_options\":{\"include_usage\":true},";
    private static final String USER = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    // ---- chat

    @Test
    void chat_plain_isTheSame() {
        translates(TaskType.CHAT, "{" + USER + "}", "/chat/completions", "{" + STREAM + USER + "}", "");
    }

    @Test
    void chat_options_becomeSettings() {
        translates(TaskType.CHAT, "{" + USER + ",\"options\":{\"temperature\":0.70,\"top_p\":1e-1,\"num_predict\":40,"
                + "\"seed\":12345678901234567890,\"stop\":[\"a\",\"b\"],\"presence_penalty\":1,"
                + "\"frequency_penalty\":-0.5}}",
                "/chat/completions", "{" + STREAM + USER + ",\"temperature\":0.70,\"top_p\":1e-1,\"max_tokens\":40,"
                + "\"seed\":12345678901234567890,\"stop\":[\"a\",\"b\"],\"presence_penalty\":1,"
                + "\"frequency_penalty\":-0.5}", "");
    }

    @Test
    void chat_noLimitAndNoStops_areAbsent() {
        for (String options : new String[] {"{\"num_predict\":-1}", "{\"num_predict\":-2}", "{\"num_predict\":0}",
            "{\"stop\":[ ]}", "{\"seed\":null}", "{}", "null"}) {
            translates(TaskType.CHAT, "{" + USER + ",\"options\":" + options + "}", "/chat/completions",
                    "{" + STREAM + USER + "}", "");
        }
    }

    @Test
    void chat_withoutCounterpart_isNamed() {
        translates(TaskType.CHAT, "{" + USER + ",\"options\":{\"top_k\":40,\"num_ctx\":4096,\"mirostat\":1},"
                + "\"keep_alive\":\"5m\",\"think\":true,\"truncate\":true,\"shift\":false}",
                "/chat/completions", "{" + STREAM + USER + "}",
                "options.top_k, options.num_ctx, options.mirostat, think, keep_alive, truncate, shift");
    }

    @Test
    void chat_unknownMembers_areOpenAisOwnAndWin() {
        translates(TaskType.CHAT, "{" + USER + ",\"tool_choice\":\"none\",\"logprobs\":true,\"max_tokens\":7,"
                + "\"options\":{\"num_predict\":40},\"n\":1,\"stream_options\":{},"
                + "\"chat_template_kwargs\":{\"a\":[1]}}",
                "/chat/completions", "{" + STREAM + USER + ",\"max_tokens\":7,\"tool_choice\":\"none\","
                + "\"logprobs\":true,\"chat_template_kwargs\":{\"a\":[1]}}", "");
    }

    @Test
    void chat_format_becomesResponseFormat() {
        translates(TaskType.CHAT, "{" + USER + ",\"format\":\"json\"}", "/chat/completions",
                "{" + STREAM + USER + ",\"response_format\":{\"type\":\"json_object\"}}", "");
        translates(TaskType.CHAT, "{" + USER + ",\"format\":{\"type\":\"object\",\"required\":[\"a\"]}}",
                "/chat/completions", "{" + STREAM + USER + ",\"response_format\":{\"type\":\"json_schema\","
                + "\"json_schema\":{\"name\":\"answer\",\"schema\":{\"type\":\"object\",\"required\":[\"a\"]}}}}", "");
        translates(TaskType.CHAT, "{" + USER + ",\"format\":\"\"}", "/chat/completions", "{" + STREAM + USER + "}", "");
    }

    @Test
    void chat_ownResponseFormat_winsOverFormat() {
        String own = "\"response_format\":{\"type\":\"text\"}";
        translates(TaskType.CHAT, "{" + USER + ",\"format\":\"json\"," + own + "}", "/chat/completions",
                "{" + STREAM + USER + "," + own + "}", "");
    }

    @Test
    void anything_thatBelongsToAnotherType_isNamed() {
        translates(TaskType.CHAT, "{" + USER + ",\"prompt\":\"x\",\"input\":\"y\"}", "/chat/completions",
                "{" + STREAM + USER + "}", "prompt, input");
        translates(TaskType.GENERATE, "{\"prompt\":\"Hi\",\"messages\":[]}", "/chat/completions",
                "{" + STREAM + USER + "}", "messages");
        translates(TaskType.EMBED, "{\"input\":\"a\",\"prompt\":\"x\",\"encoding_format\":\"base64\"}",
                "/embeddings", "{\"model\":\"q\",\"input\":\"a\"}", "prompt, encoding_format");
    }

    @Test
    void chat_thinkLevel_becomesEffort() {
        translates(TaskType.CHAT, "{" + USER + ",\"think\":\"low\"}", "/chat/completions",
                "{" + STREAM + USER + ",\"reasoning_effort\":\"low\"}", "");
    }

    @Test
    void chat_tools_areTheSame() {
        String tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}]";
        translates(TaskType.CHAT, "{" + USER + "," + tools + "}", "/chat/completions",
                "{" + STREAM + USER + "," + tools + "}", "");
    }

    @Test
    void chat_toolCalls_getIdsAndTextArguments() {
        translates(TaskType.CHAT, """
                {"messages":[{"role":"user","content":"w?"},
                {"role":"assistant","content":"","thinking":"hm","tool_calls":[
                {"function":{"name":"f","arguments":{"city":"Köln","n":1.0}}},
                {"id":"x9","function":{"index":1,"name":"g"}},
                {"function":{"name":"f","arguments":{"city":"B"}}}]},
                {"role":"tool","tool_name":"g","content":"G"},
                {"role":"tool","tool_name":"f","content":"F1"},
                {"role":"tool","content":"F2"},
                {"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{}}}]},
                {"role":"tool","tool_call_id":"own","name":"f","content":"F3"}]}""", "/chat/completions",
                "{" + STREAM + """
                "messages":[{"role":"user","content":"w?"},
                {"role":"assistant","content":"","tool_calls":[
                {"id":"call_0","type":"function","function":
                {"name":"f","arguments":"{\\"city\\":\\"Köln\\",\\"n\\":1.0}"}},
                {"id":"x9","type":"function","function":{"name":"g","arguments":"{}"}},
                {"id":"call_2","type":"function","function":{"name":"f","arguments":"{\\"city\\":\\"B\\"}"}}]},
                {"role":"tool","content":"G","tool_call_id":"x9"},
                {"role":"tool","content":"F1","tool_call_id":"call_0"},
                {"role":"tool","content":"F2","tool_call_id":"call_2"},
                {"role":"assistant","tool_calls":[
                {"id":"call_3","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","content":"F3","tool_call_id":"own","name":"f"}]}""",
                "messages[].thinking");
    }

    @Test
    void chat_emptyToolCalls_areAbsent() {
        translates(TaskType.CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\",\"tool_calls\":[ ]},"
                + "{\"role\":\"assistant\",\"tool_calls\":[]}]}", "/chat/completions", "{" + STREAM
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},"
                + "{\"role\":\"assistant\",\"content\":\"\"}]}", "");
    }

    @ParameterizedTest
    @CsvSource({"iVBORw0KGgoAAAANSUhEUg==, png", "\\/9j\\/4AAQSkZJRg==, jpeg", "/9j/4AAQ, jpeg", "R0lGODlhAQAB, gif",
        "UklGRiQAAABXRUJQVlA4, webp", "Qk0eAAAA, bmp"})
    void chat_images_becomeDataUrls(String image, String type) {
        translates(TaskType.CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"Who?\",\"images\":[\"" + image
                + "\"]},{\"role\":\"user\",\"images\":[]}]}", "/chat/completions",
                "{" + STREAM + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Who?\"},"
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/" + type + ";base64," + image
                + "\"}}]},{\"role\":\"user\",\"content\":\"\"}]}", "");
    }

    // ---- generate

    @Test
    void generate_plain_isAChatOfOne() {
        translates(TaskType.GENERATE, "{\"prompt\":\"Hi\",\"raw\":false,\"suffix\":\"\",\"template\":\"\"}",
                "/chat/completions", "{" + STREAM + USER + "}", "");
    }

    @Test
    void generate_systemImagesFormat_areTaken() {
        translates(TaskType.GENERATE, "{\"system\":\"Be short\",\"prompt\":\"Hi\",\"images\":[\"/9j/4\"],"
                + "\"format\":\"json\",\"think\":false,\"options\":{\"num_predict\":3}}", "/chat/completions",
                "{" + STREAM + "\"messages\":[{\"role\":\"system\",\"content\":\"Be short\"},{\"role\":\"user\","
                + "\"content\":[{\"type\":\"text\",\"text\":\"Hi\"},{\"type\":\"image_url\",\"image_url\":"
                + "{\"url\":\"data:image/jpeg;base64,/9j/4\"}}]}],\"response_format\":{\"type\":\"json_object\"},"
                + "\"max_tokens\":3}", "think");
    }

    @Test
    void generate_rawOrSuffix_isACompletion() {
        translates(TaskType.GENERATE, "{\"prompt\":\"Hi\",\"raw\":true,\"options\":{\"num_predict\":3,\"top_k\":1}}",
                "/completions", "{\"model\":\"q\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                + "\"prompt\":\"Hi\",\"max_tokens\":3}", "options.top_k");
        translates(TaskType.GENERATE, "{\"prompt\":\"int \",\"suffix\":\"return\"}", "/completions",
                "{" + STREAM + "\"prompt\":\"int \",\"suffix\":\"return\"}", "");
    }

    // ---- embed

    @Test
    void embed_inputs_areTheSame() {
        translates(TaskType.EMBED, "{\"input\":\"a\"}", "/embeddings", "{\"model\":\"q\",\"input\":\"a\"}", "");
        translates(TaskType.EMBED, "{\"input\":[\"a\",\"b\"],\"dimensions\":8,\"truncate\":false}", "/embeddings",
                "{\"model\":\"q\",\"input\":[\"a\",\"b\"],\"dimensions\":8}", "");
        translates(TaskType.EMBED, "{\"input\":\"a\",\"truncate\":true,\"keep_alive\":0,\"options\":{\"num_ctx\":1}}",
                "/embeddings", "{\"model\":\"q\",\"input\":\"a\"}", "options.num_ctx, keep_alive, truncate");
    }

    // ---- refused

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "CHAT | {} | the task has no messages",
        "CHAT | {\"messages\":[]} | the task has no messages",
        "CHAT | {\"messages\":\"Hi\"} | messages must be an array",
        "CHAT | {\"messages\":[\"Hi\"]} | messages[0] must be an object",
        "CHAT | {\"messages\":[{\"content\":\"Hi\"}]} | messages[0] has no role",
        "CHAT | {\"messages\":[{\"role\":\"user\",\"content\":[1]}]} | messages[0].content must be a string",
        "CHAT | {\"messages\":[{\"role\":\"user\",\"images\":[\"AAAA\"]}]} | messages[0].images[0] must be the base64",
        "CHAT | {\"messages\":[{\"role\":\"user\",\"images\":[1]}]} | messages[0].images[0] must be a string",
        "CHAT | {\"messages\":[{\"role\":\"user\",\"images\":\"AAAA\"}]} | messages[0].images must be an array",
        "CHAT | {\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]} | messages[0] answers no tool call",
        "CHAT | {\"messages\":[{\"role\":\"a\",\"tool_calls\":[{}]}]} | messages[0].tool_calls[0] has no function",
        "CHAT | {\"messages\":[{\"role\":\"a\"}],\"format\":\"xml\"} | format must be \"json\" or a JSON schema",
        "CHAT | {\"messages\":[{\"role\":\"a\"}],\"options\":[]} | options must be an object",
        "CHAT | {\"messages\":[{\"role\":\"a\"}],\"n\":2} | n must be 1",
        "GENERATE | {} | the task has no prompt",
        "GENERATE | {\"prompt\":\"\"} | the task has no prompt",
        "GENERATE | {\"prompt\":1} | prompt must be a string",
        "GENERATE | {\"prompt\":\"a\",\"template\":\"{{.Prompt}}\"} | template has no counterpart",
        "GENERATE | {\"prompt\":\"a\",\"context\":[1]} | context has no counterpart",
        "GENERATE | {\"prompt\":\"a\",\"raw\":true,\"system\":\"s\"} | system has no place",
        "GENERATE | {\"prompt\":\"a\",\"raw\":true,\"images\":[\"a\"]} | images has no place",
        "GENERATE | {\"prompt\":\"a\",\"suffix\":\"b\",\"format\":\"json\"} | format has no place",
        "EMBED | {} | the task has no input",
    })
    void anything_thatCannotBeSaid_isRefused(TaskType type, String payload, String message) {
        RuntimeException refused = assertThrows(RuntimeException.class, () -> translation(type, payload, HERE));
        assertTrue(refused instanceof IllegalArgumentException || refused instanceof JsonException, refused.toString());
        assertTrue(refused.getMessage().startsWith(message), refused.getMessage());
    }

    // ---- the endpoint

    @Test
    void openAiItself_takesTheLimitByItsNewName() {
        Endpoint openAi = Endpoint.at(Endpoint.OPENAI, "k");
        Translation chat = translation(TaskType.CHAT, "{" + USER + ",\"options\":{\"num_predict\":3}}", openAi);
        assertTrue(chat.body().text().contains("\"max_completion_tokens\":3"), chat.body().text());
    }

    @Test
    void bigImage_isNotBlownUp() {
        String image = "iVBORw0KGgo" + "A".repeat(4 << 20);
        Translation chat = translation(TaskType.CHAT,
                "{\"messages\":[{\"role\":\"user\",\"images\":[\"" + image + "\"]}]}", HERE);
        assertTrue(chat.body().bytes().length < 5 << 20, "buffer: " + chat.body().bytes().length);
    }

    private static void translates(TaskType type, String payload, String path, String body, String leftOut) {
        Translation translation = translation(type, payload, HERE);
        assertEquals(path, translation.path());
        assertEquals(Json.parse(body).text(), Json.parse(translation.body().text()).text());
        assertEquals(leftOut, String.join(", ", translation.leftOut()));
    }

    private static Translation translation(TaskType type, String payload, Endpoint endpoint) {
        Call call = new Call(type, "ours", Slice.of(payload.getBytes(StandardCharsets.UTF_8)), Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        return new Translation(call, "q", endpoint, true);
    }
}
