"""What Open WebUI's backend (0.6, routers/ollama.py) asks of an Ollama, by its libraries and with its headers: the
program itself brings gigabytes of others along."""
from cases import *
import asyncio
import aiohttp
import requests
from urllib.parse import quote

WHO = {"Content-Type": "application/json", "Authorization": "Bearer sk-none",
       "X-OpenWebUI-User-Name": quote("Änne Müller", safe=" "), "X-OpenWebUI-User-Id": "8d6f2c1e-0a4b",
       "X-OpenWebUI-User-Email": "anne@example.org", "X-OpenWebUI-User-Role": "admin"}
CHAT = {**WHO, "X-OpenWebUI-Chat-Id": "c0ffee-1"}
FEW = {"temperature": 0, "seed": 1, "num_predict": 4}
TITLE = {"model": MODEL, "messages": [{"role": "user", "content": "### Task:\nGenerate a title.\n" + str(SAY)}],
         "stream": False, "options": FEW}


def get(path, headers=WHO):
    async def ask():
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10), trust_env=True) as session:
            async with session.get(BASE + path, headers=headers) as response:
                return await response.json()
    return asyncio.run(ask())


def post(path, body, stream):
    """Hands a stream on as it comes; of a whole answer the type must be JSON's."""
    async def ask():
        async with aiohttp.ClientSession(trust_env=True, timeout=aiohttp.ClientTimeout(total=None)) as session:
            response = await session.post(BASE + path, data=json.dumps(body), headers=CHAT)
            if not response.ok:
                return response.status, (await response.json())["error"]
            if stream:
                lines = [line.removeprefix("data: ") for line in (await response.content.read()).decode().splitlines()]
                return response.headers["Content-Type"], [json.loads(line) if line.startswith("{") else line
                                                          for line in lines]
            return await response.json()
    return asyncio.run(ask())


def by_requests(path, body):
    response = requests.request(method="POST", url=BASE + path, data=json.dumps(body).encode(), headers=WHO)
    return response.status_code, response.json()


def lists():
    """As its list of models is made; a version is numbers with dots."""
    tags = {model["model"]: model for model in get("/api/tags")["models"]}
    loaded = {model["name"]: model["expires_at"] for model in get("/api/ps")["models"]}
    return sorted(tags), sorted(loaded)


case("verify", lambda: get("/api/version", {"Authorization": "Bearer sk-none"}))
case("version", lambda: [int(part) for part in get("/api/version")["version"].split("-")[0].split(".")])
case("show", lambda: sorted(by_requests("/api/show", {"model": MODEL})[1]))
case("chat", lambda: post("/api/chat", {"model": MODEL, "messages": SAY, "stream": True, "options": FEW}, True))
case("title", lambda: post("/api/chat", TITLE, False))
case("tags", lambda: post("/api/generate", {"model": MODEL, "prompt": "Tags?", "stream": False, "options": FEW}, False))
case("embed", lambda: by_requests("/api/embed", {"model": EMBED, "input": ["abc", "def"], "truncate": True}))
case("embeddings", lambda: by_requests("/api/embeddings", {"model": EMBED, "prompt": "abc"}))
case("openai", lambda: post("/v1/chat/completions", {"model": MODEL, "messages": SAY, "stream": True, "temperature": 0,
    "seed": 1, "max_tokens": 4}, True))
case("models", lambda: sorted(model["id"] for model in get("/v1/models")["data"]))
case("lists", lists)
case("unload", lambda: post("/api/generate", {"model": MODEL, "keep_alive": 0, "prompt": ""}, False))
case("missing", lambda: post("/api/chat", {"model": "no-such-model:latest", "messages": SAY, "stream": True}, True))
case("missing, whole", lambda: post("/api/chat", dict(TITLE, model="no-such-model:latest"), False))
