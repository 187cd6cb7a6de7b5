package client.single;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

/// The part of its sources that a program needs: the methods with which it begins, and repeatedly whatever these name.
///
/// A needed type brings along its constructors, its abstract methods and those that override others, its initializers,
/// record components and enum constants. Its other methods, fields and types are needed only if something names them.
final class Needed {

    private final Trees trees;
    private final Types types;
    private final Elements elements;
    private final Map<Element, TreePath> declared = new HashMap<>();
    private final Set<Element> needed = new HashSet<>();
    private final Deque<Element> unread = new ArrayDeque<>();

    Needed(JavacTask task, List<CompilationUnitTree> units) {
        trees = Trees.instance(task);
        types = task.getTypes();
        elements = task.getElements();
        units.forEach(unit -> new Declarations().scan(new TreePath(unit), null));
    }

    /// Selects what this method needs.
    void from(String owner, String method) {
        elements.getTypeElement(owner).getEnclosedElements().stream()
                .filter(member -> member.getSimpleName().contentEquals(method)).forEach(this::add);
        while (!unread.isEmpty()) {
            Element element = unread.pop();
            TreePath path = declared.get(element);
            if (path.getLeaf() instanceof ClassTree type) {
                type((TypeElement) element, type, path);
            } else {
                new References().scan(path, null);
            }
        }
    }

    /// Returns whether a type, or a member of one, is kept.
    boolean has(CompilationUnitTree unit, Tree declaration) {
        return declaration instanceof BlockTree
                || needed.contains(trees.getElement(TreePath.getPath(unit, declaration)));
    }

    /// Returns whether this is declared in the sources.
    boolean isOurs(Element element) {
        return declared.containsKey(element);
    }

    private void add(Element element) {
        if (isOurs(element) && needed.add(element)) {
            unread.add(element);
            add(element.getEnclosingElement());
        }
    }

    private void type(TypeElement element, ClassTree type, TreePath path) {
        References references = new References();
        references.scan(new TreePath(path, type.getModifiers()), null);
        type.getTypeParameters().forEach(part -> references.scan(new TreePath(path, part), null));
        type.getImplementsClause().forEach(part -> references.scan(new TreePath(path, part), null));
        if (type.getExtendsClause() != null) {
            references.scan(new TreePath(path, type.getExtendsClause()), null);
        }
        for (Tree member : type.getMembers()) {
            TreePath at = new TreePath(path, member);
            if (member instanceof BlockTree) {
                references.scan(at, null);
            } else if (!(member instanceof ClassTree) && comesAlong(element, trees.getElement(at))) {
                add(trees.getElement(at));
            }
        }
    }

    private boolean comesAlong(TypeElement owner, Element member) {
        Set<Modifier> modifiers = member.getModifiers();
        if (member instanceof ExecutableElement method) {
            return method.getKind() == ElementKind.CONSTRUCTOR || modifiers.contains(Modifier.ABSTRACT)
                    || !modifiers.contains(Modifier.STATIC) && overrides(owner, method);
        }
        return member.getKind() == ElementKind.ENUM_CONSTANT || member.getSimpleName().contentEquals("serialVersionUID")
                || owner.getKind() == ElementKind.RECORD && !modifiers.contains(Modifier.STATIC);
    }

    private boolean overrides(TypeElement owner, ExecutableElement method) {
        Deque<Element> above = new ArrayDeque<>(List.of(owner));
        while (!above.isEmpty()) {
            Element type = above.pop();
            types.directSupertypes(type.asType()).forEach(one -> above.add(types.asElement(one)));
            for (Element other : type.getEnclosedElements()) {
                if (other instanceof ExecutableElement inherited && elements.overrides(method, inherited, owner)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Finds the types and their members.
    private final class Declarations extends TreePathScanner<Void, Void> {

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            put();
            return super.visitClass(type, nothing);
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            put();
            return super.visitMethod(method, nothing);
        }

        @Override
        public Void visitVariable(VariableTree variable, Void nothing) {
            if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree) {
                put();
            }
            return super.visitVariable(variable, nothing);
        }

        private void put() {
            declared.put(trees.getElement(getCurrentPath()), getCurrentPath());
        }
    }

    /// Adds whatever a piece of source names.
    private final class References extends TreePathScanner<Void, Void> {

        @Override
        public Void scan(Tree tree, Void nothing) {
            if (tree != null) {
                add(trees.getElement(new TreePath(getCurrentPath(), tree)));
            }
            return super.scan(tree, nothing);
        }
    }
}
