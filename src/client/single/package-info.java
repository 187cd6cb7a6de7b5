/// Makes and starts `Client.java`, the client in one file of readable source, for machines that have a JDK and nothing
/// else. Except for `Keep`, nothing here is a part of the client.
///
/// ```
///  head.txt, Start.java ───────────────────────────► Client.java ──► java Client.java: Start compiles, Keep keeps
///  src/client, src/shared, Keep.java ─ Needed ─ Merged ─┘      └───► sh Client.java: head.txt starts from the cache
/// ```
///
/// **At build time**, run straight from the source: `SingleFile` reads the sources with the compiler's own trees.
/// `Needed` follows every name from `Client.main` and `Keep.keep` to what it needs. `Merged` writes that down in ASCII,
/// and refuses what a merge would change. `package-info.java` and `module-info.java` are left out.
///
/// **At run time** `head.txt` is a comment to Java and a program to the shell. `Start`, named `Client` in the file, is
/// all that `java` compiles at each start; the client is a comment below it, which `Start` compiles once. `Keep` stores
/// the classes in `~/.cache/ollama-queue`, in a folder named by the SHA-256 of the file. The folder is renamed into its
/// place whole: the first start wins, and a start that finds nothing usable compiles again. Only a folder that nobody
/// else can write to is trusted; `head.txt` and `Start` have the same rules for that.
///
/// **Assumed:** JDK 17 or later; a POSIX shell, for `sh Client.java`.
package client.single;
