# Links the image of a module: sh link.sh JDK MODULE_PATH MODULE FLAGS IMAGE
# The launcher is put in by the Makefile, the class archive by train.sh.
set -eu
jdk=$1 path=$2 module=$3 flags=$4 image=$5

# Nothing is compressed here, for xz makes less of an archive of what is not. The JDK's licence and legal notices stay.
# Left out: what starts its tools, and a library for sorting that only big arrays want.
rm -rf "$image" "$image.part"
mkdir -p "${image%/*}"
"$jdk/bin/jlink" -p "$path" --add-modules "$module" --add-options=" $flags" --strip-debug --compress zip-0 \
    --no-header-files --no-man-pages --output "$image.part" \
    --exclude-files '**/classlist,**/jrt-fs.jar,**/libsimdsort.so,**/jexec'
if command -v strip >/dev/null && [ -f "$image.part/lib/server/libjvm.so" ]; then
    strip -p --strip-unneeded "$image.part"/lib/*.so "$image.part"/lib/server/*.so
fi
mv "$image.part" "$image"
