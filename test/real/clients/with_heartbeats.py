from cases import *
import anthropic
import ollama
import openai

native = ollama.Client(host=BASE)
case("ollama whole", lambda: native.chat(MODEL, SAY))
case("ollama stream", lambda: list(native.chat(MODEL, SAY, stream=True)))
case("ollama embed", lambda: native.embed(EMBED, "abc"))
sdk = openai.OpenAI(base_url=BASE + "/v1", api_key="sk-test", max_retries=0)
chat = dict(model=MODEL, messages=SAY)
case("openai whole", lambda: sdk.chat.completions.create(**chat))
case("openai stream", lambda: list(sdk.chat.completions.create(stream=True, **chat)))
case("openai embed", lambda: sdk.embeddings.create(model=EMBED, input="abc", encoding_format="float"))
case("openai responses", lambda: [e.type for e in sdk.responses.create(model=MODEL, input="x", stream=True)])


def helper():
    with sdk.responses.stream(model=MODEL, input="x") as it:
        return [event.type for event in it]


def messages():
    with anthropic.Anthropic(base_url=BASE, api_key="sk-test", max_retries=0).messages.stream(
            model=MODEL, max_tokens=6, messages=SAY) as it:
        return it.get_final_text()


case("openai responses helper", helper)
case("anthropic stream", messages)
