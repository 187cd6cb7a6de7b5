from cases import *
import logging
import litellm

litellm.suppress_debug_info = True
logging.disable(logging.CRITICAL)
few = dict(messages=SAY, temperature=0, seed=1, max_tokens=4)
for kind, base in (("ollama", BASE), ("ollama_chat", BASE), ("openai", BASE + "/v1")):
    one = dict(few, model=kind + "/" + MODEL, api_base=base, api_key="sk-test")
    case(kind + " chat", lambda: litellm.completion(**one).choices[0].message.content)
    case(kind + " stream", lambda: [c.choices[0].delta.content for c in litellm.completion(stream=True, **one)])
    case(kind + " missing", lambda: litellm.completion(**dict(one, model=kind + "/no-such-model")))
case("schema", lambda: litellm.completion(**dict(few, model="ollama_chat/" + MODEL, api_base=BASE,
    response_format={"type": "json_schema", "json_schema": {"name": "s", "schema": SCHEMA}})).choices[0].message.content)
case("ollama embed", lambda: litellm.embedding(model="ollama/" + EMBED, api_base=BASE, input=["abc"]).data)
case("openai embed", lambda: litellm.embedding(model="openai/" + EMBED, api_base=BASE + "/v1", api_key="k",
    input=["abc"], encoding_format="float").data)
