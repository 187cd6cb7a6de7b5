from cases import *
import ollama

client = ollama.Client(host=BASE)
few = {"temperature": 0, "seed": 1, "num_predict": 4}
case("list", lambda: [m.model for m in client.list().models])
case("show", lambda: client.show(MODEL))
case("chat", lambda: client.chat(MODEL, SAY, options=few))
case("chat stream", lambda: list(client.chat(MODEL, SAY, options=few, stream=True)))
case("generate", lambda: client.generate(MODEL, "One two", options=few))
case("generate stream", lambda: list(client.generate(MODEL, "One two", options=few, stream=True)))
case("embed", lambda: client.embed(EMBED, ["abc", "a queue"]))
case("embeddings", lambda: client.embeddings(EMBED, "abc"))
case("tools", lambda: client.chat(MODEL, SAY, tools=[TOOL], options=few))
case("schema", lambda: client.chat(MODEL, SAY, format=SCHEMA, options=dict(few, num_predict=8)))
case("image", lambda: client.chat(MODEL, [dict(SAY[0], images=[IMAGE])], options=few))
case("missing", lambda: client.chat("no-such-model", SAY))
case("missing stream", lambda: list(client.chat("no-such-model", SAY, stream=True)))
case("unload", lambda: client.generate(EMBED, keep_alive=0))
stream = client.generate(MODEL, "Tell a story", options=dict(few, num_predict=1000), stream=True) if sys.argv[4:] else None
cancel(stream, lambda: stream.close())
