"""Runs cases and prints one line of JSON for each: what the case returned, or how it failed."""
import json
import sys
import time

BASE = sys.argv[1]
MODEL, EMBED = sys.argv[2:4]
SAY = [{"role": "user", "content": "Say hi to the quéue 👋"}]
TOOL = {"type": "function", "function": {"name": "add", "description": "adds", "parameters": {
    "type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}}
SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
# the smallest PNG
IMAGE = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def plain(value):
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def case(name, call):
    try:
        print(json.dumps({"case": name, "gives": plain(call())}, sort_keys=True, default=str), flush=True)
    except Exception as failure:
        print(json.dumps({"case": name, "fails": type(failure).__name__ + ": " + str(failure)}), flush=True)


def cancel(stream, close):
    """Takes one piece, leaves, and tells when."""
    if len(sys.argv) > 4:
        next(iter(stream))
        left = time.time()
        close()
        print(json.dumps({"case": "cancel", "left": int(left * 1000)}), flush=True)
        sys.stdin.readline()
