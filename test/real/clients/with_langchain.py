from cases import *
import langchain_ollama

few = dict(base_url=BASE, temperature=0, seed=1, num_predict=4)
chat = langchain_ollama.ChatOllama(model=MODEL, **few)
case("validated", lambda: langchain_ollama.ChatOllama(model=MODEL, validate_model_on_init=True, **few).model)
case("invoke", lambda: chat.invoke("Say hi").content)
case("stream", lambda: [piece.content for piece in chat.stream("Say hi")])
case("tools", lambda: chat.bind_tools([TOOL]).invoke("Add").content)
case("schema", lambda: langchain_ollama.ChatOllama(model=MODEL, format=SCHEMA, **few).invoke("Say hi").content)
case("generate", lambda: langchain_ollama.OllamaLLM(model=MODEL, **few).invoke("One two"))
case("embed", lambda: langchain_ollama.OllamaEmbeddings(model=EMBED, base_url=BASE).embed_documents(["abc", "def"]))
case("missing", lambda: langchain_ollama.ChatOllama(model="no-such-model", **few).invoke("x").content)
