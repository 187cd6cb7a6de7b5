# Makes the page's files of its sources: sh page.sh, in a folder that holds them and keeps only what is served.
# A browser asks for six files of an origin at a time: eighty modules cost a dozen round trips, one costs one. So
# main.js is all modules, each in a function of its own, after those that it imports; it exports them, for tests.
# all.css is all style sheets. A hash of both stands in the paths by which the page names them, so a browser keeps
# them for good.
set -eu
# The forms of import and export that the modules have; what is left of another form ends the build.
from="from '\./([a-z-]+)\.js';\$"
name='([A-Za-z0-9_]+)'
kind='(class|const|function\*?|async function\*?)'
written=' ' begun=' '

write() {
    case $written in *" $1 "*) return ;; esac
    case $begun in *" $1 "*) echo "$1.js imports itself, by way of one of$begun" >&2; exit 1 ;; esac
    begun="$begun$1 "
    for module in $(sed -nE "s#^import .* $from#\1#p" "$1.js"); do
        write "$module"
    done
    written="$written$1 "
    printf "modules['%s'] = (() => {\n" "$1"
    sed -E -e "s#^import (\{.*\}) $from#const \1 = modules['\2'];#" \
        -e "s#^import $name $from#const \1 = modules['\2'].default;#" \
        -e 's#^export default#const \$default =#' -e "s#^export $kind#\1#" "$1.js"
    printf 'return {%s};\n})();\n' "$(sed -nE -e 's#^export default.*#default: $default,#p' \
        -e "s#^export $kind $name.*#\2,#p" "$1.js" | tr '\n' ' ')"
}

{ echo 'const modules = {};' && write main && echo 'export {modules};'; } >all.part
if sed '$d' all.part | grep -nE '^ *(import|export) |import\('; then
    echo "page.sh reads no such import or export" >&2
    exit 1
fi
for module in *.js; do
    case $written in *" ${module%.js} "*) ;; *) echo "nothing imports $module" >&2; exit 1 ;; esac
done
sheets=$(sed -nE 's#.*rel="stylesheet" href="(.*)">#\1#p' index.html)
cat $sheets >sheets.part
rm -- *.js *.css
mv all.part main.js
mv sheets.part all.css
hash=$(cat -- * | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-12)
sed -E -e 's#"stylesheet" href="style#"stylesheet" href="all#' -e '/"stylesheet" href="[^a]/d' \
    -e "s#(href|src)=\"([a-z-]+\.(js|css|svg))\"#\1=\"w/$hash/\2\"#" index.html >index.part
mv index.part index.html
gzip -9kn -- *
{ echo "$hash" && ls | grep -vE '\.gz$|^files$'; } >files
