package server.executor;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import shared.Problem;

/// Kinds of host from the jars in a folder. Each jar, a module or a plain one with
/// `META-INF/services/server.executor.ExecutorProvider`, gets a layer of its own: the jars cannot disturb each other,
/// and one that cannot be used is known by name.
final class Plugins {

    private Plugins() {
    }

    /// Returns the providers in the order of the jars' names.
    ///
    /// @throws Problem if the folder cannot be read, or with the names of all jars that cannot be used: without such a
    ///         jar, the address of its host would be taken for that of another kind
    static List<ExecutorProvider> load(Path folder) {
        List<ExecutorProvider> providers = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        for (Path jar : jars(folder)) {
            try {
                providers.addAll(open(jar));
            } catch (RuntimeException | LinkageError | ServiceConfigurationError failure) {
                unusable.add(jar.getFileName() + " (" + reason(failure) + ")");
            }
        }
        if (!unusable.isEmpty()) {
            throw Problem.badRequest("in the folder of plug-ins " + folder + " cannot be used: "
                    + String.join(", ", unusable) + "; fix or remove it");
        }
        return providers;
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException failure) {
            throw Problem.badRequest("the folder of plug-ins " + folder + (Files.isDirectory(folder)
                    ? " cannot be read: " + failure.getMessage() : " is not a folder"));
        }
    }

    private static List<ExecutorProvider> open(Path jar) {
        ModuleFinder finder = ModuleFinder.of(jar);
        Set<String> names = finder.findAll().stream().map(found -> found.descriptor().name())
                .collect(Collectors.toSet());
        ModuleLayer parent = ExecutorRegistry.class.getModule().getLayer();
        Configuration configuration = parent.configuration().resolve(finder, ModuleFinder.of(), names);
        ModuleLayer layer = parent.defineModulesWithOneLoader(configuration, ExecutorRegistry.class.getClassLoader());
        List<ExecutorProvider> found = new ArrayList<>();
        // those of the layers below are found again, too
        for (ExecutorProvider provider : ServiceLoader.load(layer, ExecutorProvider.class)) {
            if (provider.getClass().getModule().getLayer() == layer) {
                Objects.requireNonNull(provider.kind(), "its kind has no name");
                found.add(provider);
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("it provides no " + ExecutorProvider.class.getName());
        }
        return found;
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
    }
}
