from cases import *
import openai

client = openai.OpenAI(base_url=BASE + "/v1", api_key="sk-test")
few = dict(model=MODEL, temperature=0, seed=1, max_tokens=4)
case("models", lambda: sorted(m.id for m in client.models.list()))
case("model", lambda: client.models.retrieve(MODEL).id)
case("chat", lambda: client.chat.completions.create(messages=SAY, **few))
case("chat stream", lambda: list(client.chat.completions.create(messages=SAY, stream=True, **few)))
case("chat stream usage", lambda: list(client.chat.completions.create(messages=SAY, stream=True,
    stream_options={"include_usage": True}, **few)))
case("completion", lambda: client.completions.create(prompt="One two", **few))
case("completion stream", lambda: list(client.completions.create(prompt="One two", stream=True, **few)))
case("embed", lambda: client.embeddings.create(model=EMBED, input=["abc", "a queue"]))
case("tools", lambda: client.chat.completions.create(messages=SAY, tools=[TOOL], **few))
case("schema", lambda: client.chat.completions.create(messages=SAY, response_format={"type": "json_schema",
    "json_schema": {"name": "s", "schema": SCHEMA}}, **few))
case("image", lambda: client.chat.completions.create(messages=[{"role": "user", "content": [{"type": "image_url",
    "image_url": {"url": "data:image/png;base64," + IMAGE}}]}], **few))
case("missing", lambda: client.chat.completions.create(messages=SAY, model="no-such-model"))
# this Ollama does not know them: its 404 is what the caller sees
case("responses", lambda: client.responses.create(model=MODEL, input="Say hi", max_output_tokens=6))
case("flex", lambda: client.chat.completions.create(messages=SAY, service_tier="flex", **few))
stream = client.chat.completions.create(messages=SAY, stream=True, **dict(few, max_tokens=1000)) if sys.argv[4:] else None
cancel(stream, lambda: stream.close())
