# Installs the images that were made, or removes them: sh install.sh install|uninstall DESTDIR PREFIX
# An image lies in PREFIX/lib, a link to its program in PREFIX/bin, the unit where systemd looks for what was installed
# by hand. Nothing is built here, for this is often run as root; nobody's data or settings are touched.
set -eu
what=$1 to=$2$3 prefix=$3
here=$(dirname "$0")
unit=$to/lib/systemd/system/ollama-queue.service
start=$prefix/bin/ollama-queue-server

# Systemd wants the whole path, and reads some characters in a way of its own.
case $what$prefix in
    install*[\"\'\\%\$\&,]* | install[!/]*)
        printf 'PREFIX must begin with / and hold no quote, \\, %%, $, & or comma; it is %s\n' "$prefix" >&2
        exit 2 ;;
    *[[:space:]]*) start="\"$start\"" ;;
esac

for program in ollama-queue-server ollama-queue; do
    if [ "$what" = uninstall ]; then
        rm -rf "$to/lib/$program"
        rm -f "$to/bin/$program"
        continue
    fi
    if [ ! -d "build/dist/$program" ]; then
        echo "there is no build/dist/$program: make dist (or make images) first, and not as root" >&2
        exit 1
    fi
    mkdir -p "$to/lib" "$to/bin"
    rm -rf "$to/lib/$program.part"
    cp -R "build/dist/$program" "$to/lib/$program.part"
    chmod -R u=rwX,go=rX "$to/lib/$program.part"
    rm -rf "$to/lib/$program"
    mv "$to/lib/$program.part" "$to/lib/$program"
    ln -sf "../lib/$program/bin/$program" "$to/bin/$program"
    echo "$to/bin/$program"
done
if [ "$what" = uninstall ]; then
    rm -f "$unit"
else
    mkdir -p "${unit%/*}"
    sed "s,/usr/local/bin/ollama-queue-server,$start," "$here/ollama-queue.service" >"$unit"
    chmod 644 "$unit"
    echo "$unit"
fi
