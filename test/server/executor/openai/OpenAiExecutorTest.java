package server.executor.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import server.executor.HostAnswer;
import server.executor.HostHead;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.relay.Relayed;
import server.executor.wire.EnvironmentProxies;
import server.executor.wire.Route;
import shared.TaskType;
import shared.json.Json;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;
import support.FakeOpenAiAnswer;

class OpenAiExecutorTest extends OpenAiHarness {

    // ---- what goes out and comes in

    @Test
    void run_chat_resultHasOllamasShape() throws Exception {
        Json.Obj result = completed(chat());
        assertEquals("q", result.text("model"));
        assertEquals("{\"role\":\"assistant\",\"content\":\"Hello you\"}", result.get("message").text());
        assertEquals("true", result.get("done").text());
        assertEquals("stop", result.text("done_reason"));
        assertEquals(3, result.integer("prompt_eval_count", 0));
        assertEquals(2, result.integer("eval_count", 0));
        assertTrue(result.integer("total_duration", 0) > 0);
        assertNull(result.get("notes"));
        assertEquals(List.of("Hello", " you"), pieces.texts);
        FakeOllamaRequest request = fake.http().takeRequest();
        assertEquals("/v1/chat/completions", request.path());
        assertEquals("Bearer " + KEY, request.header("authorization"));
        assertEquals("application/json", request.header("content-type"));
        assertNull(request.header("upgrade"));
    }

    @Test
    void run_generate_resultHasResponse() throws Exception {
        for (String payload : List.of("{\"prompt\":\"a b\"}", "{\"prompt\":\"a b\",\"raw\":true}")) {
            Json.Obj result = completed(call(TaskType.GENERATE, payload, LONG, LONG));
            assertEquals("a b", result.text("response"));
            assertNull(result.get("message"));
        }
        assertEquals("/v1/chat/completions", fake.http().takeRequest().path());
        assertEquals("/v1/completions", fake.http().takeRequest().path());
    }

    @Test
    void run_withoutCounterpart_isNotedInTheResult() throws Exception {
        Json.Obj result = completed(call(TaskType.CHAT, HELLO.replace("{\"messages\"",
                "{\"keep_alive\":0,\"options\":{\"top_k\":1},\"messages\""), LONG, LONG));
        assertEquals("[\"left out, because OpenAI's API has no counterpart: options.top_k, keep_alive\"]",
                result.get("notes").text());
        assertTrue(completed(embed("{\"input\":\"a\",\"keep_alive\":1}")).get("notes").text().contains("keep_alive"));
    }

    @Test
    void run_embeds_inTheOrderOfTheInputs() throws Exception {
        fake.next((request, reply) -> reply.whole(200, "{\"data\":[\n{\"index\":1,\"embedding\":[0.10,\n-2e-3]},"
                + "{\"index\":0,\"embedding\":[1,0]}],\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}"));
        Json.Obj result = completed(embed("{\"input\":[\"a\",\"b\"]}"));
        assertEquals("[[1,0],[0.10,-2e-3]]", result.get("embeddings").text());
        assertEquals(7, result.integer("prompt_eval_count", 0));
        assertEquals("[[0.6,0.8]]", completed(embed("{\"input\":\"a\"}")).get("embeddings").text());
    }

    @Test
    void run_embedsTooFew_isNoAnswer() throws Exception {
        assertTrue(failed(Cause.PASSING, embed("{\"input\":[\"a\",\"b\"]}")).contains("1 embeddings for 2 inputs"));
        for (String body : List.of("{}", "[]", "x",
                "{\"data\":[{}]}", "{\"data\":[{\"embedding\":[[1]]}]}", "{\"data\":[{\"embedding\":[]}]}",
                "{\"data\":[{\"embedding\":\"AAA=\"}]}",
                "{\"data\":[{\"embedding\":[1],\"index\":\"a\"}]}", "{\"data\":{}}")) {
            fake.next((request, reply) -> reply.whole(200, body));
            assertTrue(failed(Cause.PASSING, embed("{\"input\":\"a\"}")).contains("not valid"), body);
        }
    }

    @Test
    void run_mappedModel_goesOutByTheHostsNameAndComesBackByOurs() throws Exception {
        use(executor(KEY, Map.of(), Map.of("q", "vendor/q-large"), null, Limits.DEFAULT));
        assertEquals("q", completed(chat()).text("model"));
        assertEquals("vendor/q-large", fake.http().takeRequest().model());
        use(executor(KEY, Map.of(), Map.of("other", "other"), null, Limits.DEFAULT));
        assertEquals("model 'q' is not among those of cloud", failed(Cause.MODEL_MISSING));
        assertEquals(1, fake.http().requests().size());
    }

    @Test
    void run_headers_areSentAndTakeTheKeysPlace() throws Exception {
        use(executor("other", Map.of("X-Org", "acme", "authorization", "Bearer " + KEY), Map.of(), null,
                Limits.DEFAULT));
        completed(chat());
        assertEquals("acme", fake.http().takeRequest().header("x-org"));
    }

    @Test
    void run_taskThatCannotBeSaid_isFinalAndNeverSent() throws Exception {
        assertEquals("cloud cannot take the task: template has no counterpart in OpenAI's API",
                failed(Cause.FINAL, call(TaskType.GENERATE, "{\"prompt\":\"a\",\"template\":\"b\"}", LONG, LONG)));
        assertTrue(fake.http().requests().isEmpty());
    }

    // ---- whose fault

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "400 | bad | FINAL | cloud answered 400: bad",
        "400 | q is not a valid model ID | MODEL_MISSING | model 'q' not found on cloud",
        "402 | no credit | ACCOUNT | cloud answered 402: no credit (its account has no credit left)",
        "403 | region | ACCOUNT | cloud answered 403: region (not allowed: check what its api_key may do)",
        "404 | The model `x` does not exist | MODEL_MISSING | model 'q' not found on cloud",
        "404 | model 'x' not found | MODEL_MISSING | model 'q' not found on cloud",
        "408 | slow | PASSING | cloud answered 408: slow",
        "413 | big | FRONT | cloud answered 413: big (this host does not accept such a request)",
        "422 | extra | FINAL | cloud answered 422: extra",
        "429 | later | ACCOUNT | cloud answered 429: later (its limit is used up for now)",
        "500 | died | PASSING | cloud answered 500: died",
        "500 | it does not support embeddings | FINAL | cloud answered 500: it does not support embeddings",
        "501 | no | FRONT | cloud answered 501: no (this host cannot do it)",
        "502 | gateway | PASSING | cloud answered 502: gateway",
        "503 | Loading model | BUSY | cloud is busy: Loading model",
        "529 | overloaded | BUSY | cloud is busy: overloaded",
    })
    void run_status_isClassed(int status, String text, Cause cause, String message) throws Exception {
        fake.next(FakeOpenAiAnswer.status(status, text));
        assertEquals(message, failed(cause));
    }

    @Test
    void run_wrongBase_saysWhatIsRight() throws Exception {
        fake.next((request, reply) -> reply.whole(404, "404 page not found"));
        assertEquals("cloud answered 404: 404 page not found (base_url must reach to where the API begins, "
                + fake.url() + " does not)", failed(Cause.FRONT));
    }

    @Test
    void run_proxyOfTheEnvironment_isAskedForAFarHost() throws Exception {
        EnvironmentProxies proxies = EnvironmentProxies.of(Map.of("HTTP_PROXY",
                "127.0.0.1:" + fake.http().port()));
        use(new OpenAiExecutor(Endpoint.at("http://192.0.2.1/v1", KEY), Route.of(null, proxies),
                InstantSource.system(), Limits.DEFAULT));
        completed(chat());
        assertEquals("http://192.0.2.1/v1/chat/completions", fake.http().takeRequest().path());
    }

    @Test
    void run_hostThatRefusesStreamOptions_isAskedWithoutThem_fromThenOn() throws Exception {
        FakeOllamaAnswer strict = (request, reply) -> {
            if (request.body().contains("stream_options")) {
                reply.whole(422, "{\"message\":{\"detail\":[{\"type\":\"extra_forbidden\","
                        + "\"loc\":[\"body\",\"stream_options\"]}]}}");
            } else {
                FakeOpenAiAnswer.tokens("Hel", "lo").play(request, reply);
            }
        };
        fake.next(strict).next(strict).next(strict);
        completed(chat());
        assertEquals("Hello", pieces.text());
        completed(chat());
        assertEquals(3, fake.http().requests().size());
    }

    @Test
    void run_limited_keepsRetryAfter() throws Exception {
        fake.next(FakeOpenAiAnswer.status(429, "later", "Retry-After: 7"));
        assertEquals(Duration.ofSeconds(7), ((Outcome.Failed) openAi.run(chat(), pieces)).retryAfter());
        fake.next(FakeOpenAiAnswer.status(503, "later", "Retry-After: 8"));
        assertEquals(Duration.ofSeconds(8), ((Outcome.Failed) openAi.run(chat(), pieces)).retryAfter());
    }

    @Test
    void run_wrongKey_isTheAccountsAndNeverRepeated() throws Exception {
        use(executor("sk-wrong-987654", Map.of(), Map.of(), null, Limits.DEFAULT));
        // the fake repeats what it got, as some proxies do
        String message = failed(Cause.ACCOUNT);
        assertEquals("cloud answered 401: Invalid API Key: Bearer *** (the key or sign-in is missing, wrong or "
                + "expired: check its api_key)", message);
        IOException models = assertThrows(IOException.class, openAi::models);
        assertFalse(models.getMessage().contains("sk-wrong"), models.getMessage());
        use(executor(KEY, Map.of("X-Token", "hush-hush"), Map.of(), null, Limits.DEFAULT));
        fake.next((request, reply) -> reply.whole(500, "bad token " + request.header("x-token")));
        assertEquals("cloud answered 500: bad token ***", failed(Cause.PASSING));
        // half a key would not be known again: the cut of a long text falls between words
        fake.next((request, reply) -> reply.whole(500, "ba".repeat(495) + " " + request.header("x-token")));
        assertFalse(failed(Cause.PASSING).contains("hus"));
        fake.next((request, reply) -> reply.whole(500, "ja,".repeat(331) + "=" + request.header("x-token")));
        assertFalse(failed(Cause.PASSING).contains("hus"));
        fake.next((request, reply) -> reply.whole(500, "\u5bb6".repeat(995) + request.header("x-token")));
        assertEquals("cloud answered 500: " + "\u5bb6".repeat(995) + "…", failed(Cause.PASSING));
        use(executor(null, Map.of(), Map.of(), null, Limits.DEFAULT));
        assertTrue(failed(Cause.ACCOUNT).startsWith("cloud answered 401"));
    }

    @Test
    void relayAndAsk_refusedWithTheKey_passOnTheAnswerWithoutIt() throws Exception {
        String body = "{\"error\":{\"message\":\"Invalid API Key: Bearer %s\",\"é\":[1, 2]}}\n";
        FakeOllamaAnswer refusal = (request, reply) -> {
            reply.raw("HTTP/1.1 401 No\r\nConnection: close\r\nContent-Type: text/" + KEY + "\r\nx-request-id: of "
                    + KEY + "\r\n\r\n" + body.formatted(KEY));
            reply.breakOff();
        };
        fake.next(refusal).info("/v1/models/q", refusal);
        Relayed to = new Relayed();
        Outcome outcome = openAi.relay(Relayed.call(TaskType.CHAT, "/v1/chat/completions", "{}", false), to, to);
        for (HostAnswer answer : List.of(assertInstanceOf(Outcome.Failed.class, outcome).answer(),
                openAi.ask("GET", "/v1/models/q", Map.of(), null))) {
            assertEquals(body.formatted("***"), new String(answer.body(), StandardCharsets.UTF_8));
            assertEquals(new HostHead(401, "text/***", answer.body().length, null, "of ***"), answer.head());
        }
    }

    @Test
    void run_errorObjectInA200_passesUnlessItBlamesTheRequest() throws Exception {
        fake.next(FakeOpenAiAnswer.errorObject());
        assertEquals("cloud broke off: upstream is overloaded", failed(Cause.PASSING));
        fake.next(FakeOpenAiAnswer.error("One"));
        assertEquals("cloud broke off: the worker died", failed(Cause.PASSING));
        assertEquals("One", pieces.text());
        for (String error : List.of("{\"error\":{\"message\":\"no\",\"code\":400}}",
                "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\"}}",
                "{\"object\":\"error\",\"message\":\"no\",\"code\":400}")) {
            fake.next((request, reply) -> reply.whole(200, error));
            assertEquals("cloud refused: no", failed(Cause.FINAL), error);
        }
        for (String line : List.of("data: {\"error\":\"no\"}",
                "event: error\ndata: {\"error\":{\"message\":\"no\",\"code\":\"server_error\"}}",
                "data: {\"object\":\"error\",\"message\":\"no\",\"code\":500}")) {
            fake.next(FakeOpenAiAnswer.broken(line + "\n\ndata: [DONE]\n\n"));
            assertEquals("cloud broke off: no", failed(Cause.PASSING), line);
        }
        fake.next(FakeOpenAiAnswer.broken("error: {\"message\":\"no\",\"code\":429}\n\ndata: [DONE]\n\n"));
        assertEquals("cloud refused: no", failed(Cause.ACCOUNT), "as the status alone would be");
        fake.next(FakeOpenAiAnswer.errorObject());
        assertEquals("cloud broke off: upstream is overloaded", failed(Cause.PASSING, embed("{\"input\":\"a\"}")));
    }

    @Test
    void run_errorInTheChoice_isNoAnswer() throws Exception {
        String broken = "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"%s}]}\n\n"
                + "data: [DONE]\n\n";
        fake.next(FakeOpenAiAnswer.broken(broken.formatted(""), "One"));
        assertEquals("cloud broke off: finish_reason is error", failed(Cause.PASSING));
        fake.next(FakeOpenAiAnswer.broken(broken.formatted(",\"error\":{\"code\":502,\"message\":\"gone\"}"), "One"));
        assertEquals("cloud broke off: gone", failed(Cause.PASSING));
        fake.next((request, reply) -> reply.whole(200, "{\"choices\":[{\"message\":{\"content\":null},"
                + "\"error\":{\"code\":400,\"message\":\"too long\"}}]}"));
        assertEquals("cloud refused: too long", failed(Cause.FINAL));
    }

    @Test
    void run_malformed_passes() throws Exception {
        for (String text : List.of("data: {\"choices\":[{\"delta\":\n\n", "data: hello\n\n", "data: []\n\n",
                "data: {\"choices\":1}\n\n", "data: {\"choices\":[1]}\n\n", "data: {\"choices\":[{\"delta\":1}]}\n\n",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[1]}}]}\n\n")) {
            fake.next(FakeOpenAiAnswer.broken(text, "One"));
            assertTrue(failed(Cause.PASSING)
                    .startsWith("cloud sent an answer that is not valid in OpenAI's API"), text);
        }
    }

    @Test
    void run_pageOfAProxy_passesWithoutTheHtml() throws Exception {
        fake.next((request, reply) -> {
            reply.begin("text/html");
            reply.part("<html><body>please log in</body></html>");
        });
        assertEquals("cloud sent no answer, but text/html", failed(Cause.PASSING));
        fake.next((request, reply) -> reply.whole(502, "<html><body>bad</body></html>"));
        assertEquals("cloud answered 502", failed(Cause.PASSING));
    }

    @Test
    void run_brokenOff_isLost() throws Exception {
        fake.next(FakeOllamaAnswer.breakOff());
        assertTrue(failed(Cause.PASSING).contains("was lost before an answer came"));
        fake.next(FakeOpenAiAnswer.breakOff("One"));
        assertTrue(failed(Cause.PASSING).contains("was lost in the middle of the answer"));
        assertEquals("One", pieces.text());
        fake.next(FakeOpenAiAnswer.broken("", "One"));
        assertTrue(failed(Cause.PASSING).contains("its end is missing"));
    }

    @Test
    void run_hostGone_isUnreachable() throws Exception {
        fake.http().kill();
        assertTrue(failed(Cause.UNREACHABLE).startsWith("cannot connect to cloud: "));
        assertTrue(assertThrows(IOException.class, openAi::models).getMessage().startsWith("cannot connect to cloud"));
    }

    // ---- limits

    @Test
    void run_answerLargerThanTheLimit_fails() throws Exception {
        use(executor(KEY, Map.of(), Map.of(), null, new Limits(1 << 20, 1 << 20, 200)));
        String piece = "x".repeat(400_000);
        fake.next(FakeOpenAiAnswer.tokens(piece, piece));
        completed(chat());
        fake.next(FakeOpenAiAnswer.tokens(piece, piece, piece));
        assertEquals("cloud sent an answer larger than 1 MiB", failed(Cause.FINAL));
        fake.next(FakeOpenAiAnswer.tokens(piece + piece + piece));
        assertEquals("cloud sent a line longer than 1 MiB", failed(Cause.FINAL));
        fake.next(FakeOpenAiAnswer.broken("data: \"" + piece + "\ndata: " + piece + "\ndata: " + piece + "\n\n"));
        assertEquals("cloud sent an event longer than 1 MiB", failed(Cause.FINAL));
        fake.next((request, reply) -> reply.whole(200, "{\"data\":[{\"embedding\":[" + "1,".repeat(1 << 19) + "1]}]}"));
        assertEquals("cloud sent an answer larger than 1 MiB", failed(Cause.FINAL, embed("{\"input\":\"a\"}")));
    }

    // ---- time and cancel

    @Test
    void run_hostSilent_idleTimeoutClosesTheConnection() throws Exception {
        completed(chat());
        fake.http().takeRequest();
        fake.next(FakeOpenAiAnswer.stall("One"));
        assertEquals("cloud sent nothing for 200ms (task.idle_timeout)",
                failed(Cause.PASSING, call(TaskType.CHAT, HELLO, LONG, SHORT)));
        fake.http().takeRequest().awaitCancelled();
    }

    @Test
    void run_timeOver_isTheTasksOrTheEndpoints() throws Exception {
        completed(chat());
        fake.next(FakeOllamaAnswer.hang());
        assertEquals("cloud did not finish within 200ms",
                failed(Cause.TIMEOUT, call(TaskType.CHAT, HELLO, SHORT, LONG)));
        use(executor(KEY, Map.of(), Map.of(), SHORT, Limits.DEFAULT));
        fake.next(FakeOllamaAnswer.hang());
        assertEquals("cloud did not finish within 200ms, the endpoint's timeout", failed(Cause.PASSING));
    }

    @Test
    void run_interruptedInTheMiddle_endsAndClosesTheConnection() throws Exception {
        fake.next(FakeOpenAiAnswer.stall("One"));
        CountDownLatch ended = new CountDownLatch(1);
        Thread running = Thread.ofVirtual().start(() -> {
            assertThrows(InterruptedException.class, () -> openAi.run(chat(), pieces));
            ended.countDown();
        });
        pieces.first.await();
        running.interrupt();
        assertTrue(ended.await(60, TimeUnit.SECONDS));
        fake.http().takeRequest().awaitCancelled();
    }

    @Test
    void run_interruptedInAFlood_ends() throws Exception {
        fake.next((request, reply) -> {
            FakeOpenAiAnswer.begin(reply);
            while (!Thread.interrupted()) {
                FakeOpenAiAnswer.token(request, reply, "x");
            }
        });
        Future<Outcome> running = threads.submit(() -> openAi.run(chat(), pieces));
        pieces.first.await();
        running.cancel(true);
        fake.http().takeRequest().awaitCancelled();
    }

    @Test
    void run_oneAfterAnother_usesOneConnection() throws Exception {
        for (int i = 0; i < 5; i++) {
            completed(chat());
            completed(embed("{\"input\":\"a\"}"));
            openAi.models();
        }
        assertEquals(1, fake.http().connections());
    }

    // ---- models

    @Test
    void models_listed_asTheHostWritesThem() throws Exception {
        fake.lists("gemma.gguf", "b");
        assertEquals(List.of("gemma.gguf", "b"), openAi.models());
        fake.info("/v1/models", FakeOpenAiAnswer.status(404, "no such path"));
        assertEquals(List.of(), openAi.models());
        fake.info("/v1/models", (request, reply) -> reply.whole(200, "{\"models\":[]}"));
        assertTrue(assertThrows(IOException.class, openAi::models).getMessage().contains("no list of models"));
    }

    @Test
    void models_ofTheSettings_areBelievedIfTheHostAnswers() throws Exception {
        use(executor(KEY, Map.of(), Map.of("b", "b", "a", "vendor/a"), null, Limits.DEFAULT));
        assertEquals(List.of("a", "b"), openAi.models());
        fake.info("/v1/models", FakeOpenAiAnswer.status(500, "died"));
        assertEquals("cloud answered 500: died", assertThrows(IOException.class, openAi::models).getMessage());
    }

    @Test
    void run_hostThatLiesAboutItsModels_isFoundOut() throws Exception {
        fake.models("other").lists("q");
        assertEquals(List.of("q"), openAi.models());
        assertEquals("model 'q' not found on cloud", failed(Cause.MODEL_MISSING));
    }
}
