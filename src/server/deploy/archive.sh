# Makes an image's class archive: sh archive.sh IMAGE MAIN LIST...
# Each LIST is what -XX:DumpLoadedClassList=LIST wrote in a run of the image. The archive is lib/server/classes*.jsa,
# which Java uses by itself; one that is older than the image would run old code without a word.
set -eu
image=$1 main=$2
shift 2

grep -hv '^#' "$@" | sed 's/ id: [0-9]*$//' | LC_ALL=C sort -u >"$image.classes"
rm -f "$image"/lib/server/*.jsa
"$image/bin/java" -Xshare:dump -XX:+AOTClassLinking "-XX:SharedClassListFile=$image.classes" -m "$main"
