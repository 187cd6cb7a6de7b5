# Runs both images on real commands and makes their class archives of what they loaded:
# sh train.sh JDK SERVER_IMAGE CLIENT_IMAGE
set -eu
jdk=$1 server=$2 client=$3
here=$(dirname "$0")
lists=$server.lists
url= pid= runs=0

clean_up() {
    status=$?
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    [ "$status" = 0 ] || [ ! -d "$lists" ] || cat "$lists/out" "$lists/log" >&2
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# Becomes a program of an image, with nothing of this user's settings. A zone with summer time takes more classes than
# UTC does.
become() { # image, arguments
    image=$1
    shift
    exec env -u OLLAMA_HOST -u OLLAMA_QUEUE_CONFIG TZ=Europe/Berlin HOME="$lists" \
        OLLAMA_QUEUE_CLIENT_SERVER_URL="$url" \
        OLLAMA_QUEUE_JAVA_OPTS="-XX:DumpLoadedClassList=$lists/${image##*/}.$runs" \
        "$image/bin/${image##*/}" "$@" >>"$lists/out" 2>>"$lists/log"
}

run() {
    runs=$((runs + 1))
    (become "$@")
}

ask() { run "$client" "$@" </dev/null; }

await() { # text
    tries=0
    until grep -q "$1" "$lists/out"; do
        kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 600 ] || exit 1
        tries=$((tries + 1))
        sleep 0.1
    done
}

# an archive from before would show other classes than an image without one loads
rm -rf "$lists" "$server"/lib/server/*.jsa "$client"/lib/server/*.jsa
mkdir -p "$lists"
touch "$lists/out" "$lists/log"

NOTIFY_SOCKET=$lists/nobody become "$server" --port 0 --data-dir "$lists/data" --ollama-host echo: &
pid=$!
await '^listening on'
url=$(sed -n 's/^listening on //p' "$lists/out")

"$jdk/bin/java" --source 25 /dev/stdin "$url" <<'JAVA'
class Get {
    public static void main(String[] args) throws Exception {
        for (String path : new String[] {"/readyz", "/healthz", "/api/info", "/api/tasks"}) {
            java.net.URI.create(args[0] + path).toURL().openStream().readAllBytes();
        }
    }
}
JAVA
ask --version
ask --help
ask submit chat --model echo --messages 'user:Hello' --wait
echo 'a prompt' | run "$client" submit generate --model echo --prompt 'Grüße:' - --priority low --stream
id=$(env OLLAMA_QUEUE_CLIENT_SERVER_URL="$url" "$client/bin/${client##*/}" submit --type embed --input text)
ask wait "$id" --output json
ask follow "$id"
ask status
ask list
ask list --output jsonl
ask show "$id"
ask cron add --name hourly --cron '0 * * * *' --type chat --prompt 'Status update'
ask cron list
ask cron test '*/15 9-17 * * 1-5' --timezone Europe/Berlin
ask backends

kill "$pid"
wait "$pid"
pid=
run "$server" --version
run "$server" --help
run "$server" journal verify "$lists/data"

sh "$here/archive.sh" "$server" ollamaqueue.server/server.Main "$lists/${server##*/}".[0-9]*
sh "$here/archive.sh" "$client" ollamaqueue.client/client.Client "$lists/${client##*/}".[0-9]*
rm -rf "$lists" "$server.classes" "$client.classes"
