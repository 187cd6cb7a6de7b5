package server.executor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
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

/// Kinds of host from jars that were dropped into a folder. Each jar, a module or a plain one with
/// `META-INF/services/server.executor.ExecutorProvider`, gets a layer of its own: the jars cannot disturb each other,
/// and one that cannot be used is named and passed over. Who needs its kind learns of it at the start, for then no
/// kind serves the host's address.
///
/// @param providers in the order of the jars' names
/// @param skipped   for each jar that cannot be used its name and why
record Plugins(List<ExecutorProvider> providers, List<String> skipped) {

    static final Plugins NONE = new Plugins(List.of(), List.of());

    private static final Logger LOG = System.getLogger("executor");

    /// @throws Problem if there is no such folder, or it cannot be read
    static Plugins load(Path folder) {
        List<ExecutorProvider> providers = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        for (Path jar : jars(folder)) {
            try {
                List<ExecutorProvider> found = open(jar);
                LOG.log(Level.INFO, () -> "event=plugin_loaded file=" + jar.getFileName() + " kinds="
                        + found.stream().map(ExecutorProvider::kind).collect(Collectors.joining(",")));
                providers.addAll(found);
            } catch (RuntimeException | LinkageError | ServiceConfigurationError unusable) {
                String why = jar.getFileName() + ": " + reason(unusable);
                LOG.log(Level.WARNING, () -> "event=plugin_skipped file=" + why);
                skipped.add(why);
            }
        }
        return new Plugins(List.copyOf(providers), List.copyOf(skipped));
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException failure) {
            throw Problem.badRequest("the folder of plug-ins " + folder + (Files.isDirectory(folder)
                    ? " cannot be read: " + failure.getMessage() : " is no folder"));
        }
    }

    private static List<ExecutorProvider> open(Path jar) {
        ModuleFinder finder = ModuleFinder.of(jar);
        Set<String> names = finder.findAll().stream().map(ModuleReference::descriptor).map(module -> module.name())
                .collect(Collectors.toSet());
        ModuleLayer ours = ExecutorRegistry.class.getModule().getLayer();
        ModuleLayer parent = ours == null ? ModuleLayer.boot() : ours;
        Configuration configuration = parent.configuration().resolve(finder, ModuleFinder.of(), names);
        ModuleLayer layer = parent.defineModulesWithOneLoader(configuration, ExecutorRegistry.class.getClassLoader());
        List<ExecutorProvider> found = new ArrayList<>();
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

    private static String reason(Throwable unusable) {
        Throwable deepest = unusable;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
    }
}
