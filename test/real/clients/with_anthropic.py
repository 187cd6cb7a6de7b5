from cases import *
import anthropic

client = anthropic.Anthropic(base_url=BASE, api_key="sk-test")
few = dict(model=MODEL, max_tokens=4, messages=[{"role": "user", "content": "Say hi"}])


def stream():
    with client.messages.stream(**few) as it:
        return it.get_final_text()


# where the host does not know the path, its 404 is what the caller sees
case("message", lambda: client.messages.create(**few))
case("message stream", stream)
case("count", lambda: client.messages.count_tokens(model=MODEL, messages=few["messages"]))
case("missing", lambda: client.messages.create(**dict(few, model="no-such-model")))
