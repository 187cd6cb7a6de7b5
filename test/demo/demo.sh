#!/bin/sh
# A short tour of the main job: tasks go in, a model answers, the server is killed in the middle, nothing is lost.
# Run by `make demo`, which has built everything.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$root/build/dist/ollama-queue-server/bin:$root/build/dist/ollama-queue/bin:$PATH
jdk=$(cat "$root/build/jdk")
work=$(mktemp -d)
server=
follower=

clean_up() {
    status=$?
    [ -z "$follower" ] || kill "$follower" 2>/dev/null || true
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    [ "$status" -eq 0 ] || cat "$work/log" >&2 2>/dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n# %s\n' "$*"; }

# Shows a command as a user would type it, then runs it.
show() {
    printf '$'
    for word; do
        case $word in
            *[!A-Za-z0-9_./:=-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    echo
    "$@"
}

start_server() { # port
    printf '$ ollama-queue-server --port %s --data-dir DIR --ollama-host %s &\n' "$1" "$host"
    rm -f "$work/out" && touch "$work/out"
    ollama-queue-server --port "$1" --data-dir "$work/data" --ollama-host "$host" --workers 2 >"$work/out" \
        2>>"$work/log" &
    server=$!
    until grep -q '^listening on' "$work/out"; do
        kill -0 "$server" 2>/dev/null || { echo "the server did not start:" >&2; exit 1; }
        sleep 0.1
    done
    cat "$work/out"
}

# 1. Which model answers

host=${OLLAMA_HOST:-http://localhost:11434}
models=$("$jdk/bin/java" "$root/test/demo/FindModels.java" "$host")
chat=$(echo "$models" | sed -n 's/^chat=//p')
embed=$(echo "$models" | sed -n 's/^embed=//p')
if [ -n "$chat" ]; then
    say "The Ollama at $host answers; chat and generate use its model $chat."
else
    say "No Ollama with a model answers at $host, so this tour runs on the embedded model, which repeats its prompt."
    host='echo:?delay=40ms'
    chat=echo
    embed=echo
fi

say "Start the server: one process, one folder of data."
start_server 0
url=$(sed -n 's/^listening on //p' "$work/out")
export OLLAMA_QUEUE_CLIENT_SERVER_URL="$url"
port=${url##*:}

# 2. Tasks of every kind

say "Submit a chat, a generate and an embed; each prints its id at once."
show ollama-queue submit chat --model "$chat" --messages "user:Hello, how are you?" --option num_predict=20
show ollama-queue submit generate --model "$chat" --prompt "One sentence about queues" --option num_predict=20
if [ -n "$embed" ]; then
    show ollama-queue submit embed --model "$embed" --input "a queue in front of a model"
else
    echo "(no model there makes embeddings, so no embed)"
fi

say "And a batch with mixed priorities, all or none, from a pipe."
for priority in '"low"' '"normal"' 7 '"high"' '"critical"'; do
    printf '{"type":"generate","model":"%s","prompt":"A task that waits","priority":%s,' "$chat" "$priority"
    printf '"options":{"num_predict":15}}\n'
done >"$work/batch.ndjson"
show ollama-queue submit batch --file - <"$work/batch.ndjson"

# 3. A crash in the middle of an answer

say "Now a longer answer, followed as it streams; and kill -9 for the server in its middle."
words="The queue writes every task to its journal before it says yes, so a crash loses nothing; a task that was
running is run again, as a new attempt, and a task that was done stays done. This sentence is long on purpose, for it
has to be still on its way when the server dies, and then it goes on like this for a while, word after word, until
the very end of it."
id=$(ollama-queue submit generate --model "$chat" --priority critical --option num_predict=80 --prompt "$words")
echo "\$ ollama-queue follow $id"
ollama-queue follow "$id" &
follower=$!
until ollama-queue show "$id" --output json | grep -q '"status": *"running"'; do sleep 0.1; done
sleep 1.5
kill -9 "$server"
wait "$server" 2>/dev/null || true
printf '\n'
say "The server is dead (kill -9 $server). Start it again on the same data; the follower comes back by itself."
start_server "$port"
wait "$follower"
follower=
printf '\n'

# 4. Nothing is lost

say "Wait until every task has ended, and look."
ollama-queue list --output jsonl --limit 1000 | sed 's/.*"id": *"\([^"]*\)".*/\1/' >"$work/ids"
xargs ollama-queue wait <"$work/ids" >/dev/null
show ollama-queue list
total=$(wc -l <"$work/ids" | tr -d ' ')
completed=$(ollama-queue list --status completed --output jsonl | wc -l | tr -d ' ')
say "$completed of $total tasks completed."
[ "$completed" = "$total" ]
show ollama-queue status

say "Stop the server; it ends by itself once running tasks are done."
kill "$server"
wait "$server"
server=
say "That was the tour. Next: README.md, or ollama-queue help."
