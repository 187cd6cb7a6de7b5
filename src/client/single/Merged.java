package client.single;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import javax.lang.model.element.Element;
import javax.lang.model.element.PackageElement;
import javax.lang.model.util.Elements;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

/// The text of what is needed: imports, then the types as in their files, all in the unnamed package. It refuses what
/// cannot be merged without changing its meaning.
final class Merged {

    private record Cut(int from, int to) {

        /// The compiler adds code that is not in the source.
        boolean isWritten() {
            return from >= 0 && from < to;
        }
    }

    private final Trees trees;
    private final SourcePositions positions;
    private final Elements elements;
    private final Needed needed;
    /// The name of a type or an import in the file, and its owner.
    private final Map<String, String> names = new TreeMap<>();

    Merged(JavacTask task, Needed needed) {
        trees = Trees.instance(task);
        positions = trees.getSourcePositions();
        elements = task.getElements();
        this.needed = needed;
    }

    /// @throws IllegalArgumentException with the file that cannot be merged, and why
    String text(List<CompilationUnitTree> units) throws IOException {
        Map<String, StringBuilder> rooms = new LinkedHashMap<>();
        String client = null;
        for (CompilationUnitTree unit : units) {
            for (Tree type : unit.getTypeDecls()) {
                if (type instanceof ClassTree named && needed.has(unit, type)) {
                    String text = type(unit, named);
                    if (named.getSimpleName().contentEquals("Client")) {
                        client = text;
                    } else {
                        String room = unit.getPackageName().toString();
                        rooms.computeIfAbsent(room, none -> new StringBuilder()).append(text);
                    }
                }
            }
        }
        StringBuilder types = new StringBuilder(client);
        rooms.forEach((room, text) -> types.append("\n// ---- ").append(room.replace('.', '/')).append('\n')
                .append(text));
        return escaped(imports(units, types.toString()) + types);
    }

    // ---- imports

    private String imports(List<CompilationUnitTree> units, String types) {
        String code = types.replaceAll("(?m)^ *//.*$", "");
        Map<String, String> lines = new TreeMap<>();
        for (CompilationUnitTree unit : units) {
            for (ImportTree line : unit.getImports()) {
                MemberSelectTree imported = (MemberSelectTree) line.getQualifiedIdentifier();
                String name = imported.getIdentifier().toString();
                Element element = trees.getElement(TreePath.getPath(unit, line.isStatic() ? imported.getExpression()
                        : imported));
                if (needed.isOurs(element)) {
                    if (line.isStatic() || !(element.getEnclosingElement() instanceof PackageElement)) {
                        throw refused(unit, "imports " + imported + "; in a single file it can only be named as a "
                                + "member of its type");
                    }
                } else if (Pattern.compile("(?<![.\\w])" + Pattern.quote(name) + "\\b").matcher(code).find()) {
                    take(unit, name, imported.toString());
                    lines.put(line.toString().strip(), "");
                }
            }
        }
        return lines.isEmpty() ? "" : String.join("\n", lines.keySet()) + "\n";
    }

    /// Gives a name to a type, once.
    private void take(CompilationUnitTree unit, String name, String whose) {
        String before = names.put(name, whose);
        if (before != null && !before.equals(whose)) {
            throw refused(unit, name + " is " + whose + " here and " + before
                    + " elsewhere; a single file has room for one");
        }
    }

    private static IllegalArgumentException refused(CompilationUnitTree unit, String why) {
        return new IllegalArgumentException(unit.getSourceFile().getName() + ": " + why);
    }

    // ---- types

    private String type(CompilationUnitTree unit, ClassTree type) throws IOException {
        String source = unit.getSourceFile().getCharContent(true).toString();
        String name = type.getSimpleName().toString();
        take(unit, name, unit.getPackageName() + "." + name);
        if (elements.getTypeElement("java.lang." + name) != null) {
            throw refused(unit, name + " would hide java.lang." + name + " from the whole file");
        }
        List<Cut> cuts = new ArrayList<>();
        int begin = start(unit, type);
        if (source.startsWith("public ", begin) && !name.equals("Client")) {
            cuts.add(new Cut(begin, begin + "public ".length()));
        }
        cutMembers(unit, type, source, cuts);
        cutPackages(unit, type, cuts);
        StringBuilder text = new StringBuilder();
        int from = withComments(source, begin);
        cuts.sort((one, other) -> Integer.compare(one.from, other.from));
        for (Cut cut : cuts) {
            if (cut.from >= from) {
                text.append(source, from, cut.from);
                from = cut.to;
            }
        }
        return "\n" + text.append(source, from, end(unit, type)).append('\n');
    }

    /// Removes what is not needed, with the comment above it.
    private void cutMembers(CompilationUnitTree unit, ClassTree type, String source, List<Cut> cuts) {
        for (Tree member : type.getMembers()) {
            Cut whole = new Cut(start(unit, member), end(unit, member));
            if (whole.isWritten() && !needed.has(unit, member)) {
                int from = withComments(source, whole.from);
                int to = source.indexOf('\n', whole.to) + 1;
                boolean gap = source.startsWith("\n\n", from - 2);
                boolean gapBelow = source.startsWith("\n", to) || source.substring(to).stripLeading().startsWith("}");
                cuts.add(new Cut(gap && gapBelow ? from - 1 : from, to));
            } else if (member instanceof ClassTree inner) {
                cutMembers(unit, inner, source, cuts);
            }
        }
    }

    /// `shared.json.Json` is `Json` in the unnamed package.
    private void cutPackages(CompilationUnitTree unit, ClassTree type, List<Cut> cuts) {
        new TreePathScanner<Void, Void>() {
            @Override
            public Void visitMemberSelect(MemberSelectTree select, Void nothing) {
                Element element = trees.getElement(getCurrentPath());
                Cut whole = new Cut(start(unit, select), end(unit, select));
                if (whole.isWritten() && needed.isOurs(element)
                        && element.getEnclosingElement() instanceof PackageElement) {
                    cuts.add(new Cut(whole.from, whole.to - select.getIdentifier().length()));
                    return null;
                }
                return super.visitMemberSelect(select, nothing);
            }
        }.scan(TreePath.getPath(unit, type), null);
    }

    private int start(CompilationUnitTree unit, Tree tree) {
        return (int) positions.getStartPosition(unit, tree);
    }

    private int end(CompilationUnitTree unit, Tree tree) {
        return (int) positions.getEndPosition(unit, tree);
    }

    /// Returns where the comment directly above a declaration begins.
    private static int withComments(String source, int start) {
        int from = source.lastIndexOf('\n', start - 1) + 1;
        while (from > 0) {
            int above = source.lastIndexOf('\n', from - 2) + 1;
            if (!source.substring(above, from).strip().startsWith("//")) {
                break;
            }
            from = above;
        }
        return from;
    }

    /// JDK 17 reads a source as ASCII in the C locale.
    private static String escaped(String text) {
        StringBuilder ascii = new StringBuilder();
        for (char c : text.toCharArray()) {
            ascii.append(c < 0x7f ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
        return ascii.toString();
    }
}
