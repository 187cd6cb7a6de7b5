# Makes an image like a program's, with a module in it that only says hello, and a class archive of that:
# sh hello.sh JDK MODULE FLAGS IMAGE
set -eu
jdk=$1 module=$2 flags=$3 image=$4
deploy=src/server/deploy
modules=$image.modules

rm -rf "$modules"
mkdir -p "$modules/source/hello"
echo 'module hello { }' >"$modules/source/module-info.java"
cat >"$modules/source/hello/Hello.java" <<'JAVA'
package hello;

final class Hello {
    public static void main(String[] args) {
        System.out.println("hello");
    }
}
JAVA
"$jdk/bin/javac" -d "$modules/hello" "$modules/source/module-info.java" "$modules/source/hello/Hello.java"
sh "$deploy/link.sh" "$jdk" "build/modules:$modules" "$module,hello" "$flags" "$image.linked"
"$image.linked/bin/java" "-XX:DumpLoadedClassList=$modules/list" -m hello/hello.Hello >/dev/null
sh "$deploy/archive.sh" "$image.linked" hello/hello.Hello "$modules/list"
rm -rf "$modules" "$image" "$image.linked.classes"
mv "$image.linked" "$image"
