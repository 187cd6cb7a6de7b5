# Makes an image's class archive: sh archive.sh IMAGE MAIN LIST...
# Each LIST is what -XX:DumpLoadedClassList=LIST wrote in a run of the image. The archive is lib/server/classes*.jsa,
# which Java uses by itself. A line about a class must stay behind the class's own.
set -eu
image=$1 main=$2
shift 2

grep -hv '^#' "$@" | sed 's/ id: [0-9]*$//' | awk '!seen[$0]++' >"$image.classes"
"$image/bin/java" -Xshare:dump -XX:+AOTClassLinking "-XX:SharedClassListFile=$image.classes" -m "$main"
