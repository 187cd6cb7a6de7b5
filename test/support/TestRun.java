package support;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.platform.engine.Filter;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.PackageNameFilter;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import server.log.Log;

/// What `make test` runs: the tests in the folders given, a line for each class, the failures once more at the end,
/// and as the last line `N passed, N failed, N skipped`. Ends with status 1 if a test failed or none was found.
///
/// System properties: `only` names packages, classes and methods (`server.journal`, `JournalTest`, `JournalTest#cut*`;
/// several with commas or spaces between); `real` asks for the tests in the package `real` instead of all
/// others; `log` shows what is logged.
/// Where the environment has `CI`, a skipped test is a failed one.
final class TestRun implements TestExecutionListener {

    private static final boolean CI = System.getenv("CI") != null;

    private final List<String> failures = new ArrayList<>();
    private TestPlan plan;
    private int passed;
    private int failed;
    private int skipped;
    private int countBeforeClass;
    private long classStart;

    private TestRun() {
    }

    public static void main(String[] folders) {
        // the faults that tests cause are no news
        Log.ofProcess().level(Boolean.getBoolean("log") ? Level.INFO : Level.OFF);
        TestRun run = new TestRun();
        LauncherFactory.create().execute(run.request(folders), run);
        System.exit(run.report() ? 0 : 1);
    }

    private LauncherDiscoveryRequest request(String[] folders) {
        boolean real = Boolean.getBoolean("real");
        List<String> only = Arrays.stream(System.getProperty("only", "").split("[,\\s]+"))
                .filter(name -> !name.isEmpty()).toList();
        String classes = only.stream().map(TestRun::classes).collect(Collectors.joining("|"));
        PostDiscoveryFilter methods = descriptor -> FilterResult.includedIf(wanted(descriptor, only));
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClasspathRoots(Stream.of(folders).map(Path::of)
                        .collect(Collectors.toCollection(LinkedHashSet::new))))
                .filters(ClassNameFilter.includeClassNamePatterns(classes.isEmpty() ? ".*" : classes))
                .filters(real ? PackageNameFilter.includePackageNames("real")
                        : PackageNameFilter.excludePackageNames("real", "bench"))
                .filters(new Filter<?>[] {methods})
                .configurationParameter("junit.jupiter.execution.timeout.testable.method.default", "120 s")
                .configurationParameter("junit.jupiter.execution.timeout.threaddump.enabled", "true")
                .build();
    }

    /// Whether a test is among those named with a `#`, or none of its class was.
    private static boolean wanted(TestDescriptor test, List<String> only) {
        if (!(test.getSource().orElse(null) instanceof MethodSource method)) {
            return true;
        }
        List<String> methods = only.stream().filter(name -> name.contains("#"))
                .filter(name -> method.getClassName().matches(classes(name)))
                .map(name -> pattern(name.replaceFirst(".*#", ""))).toList();
        return methods.isEmpty() || methods.stream().anyMatch(name -> method.getMethodName().matches(name));
    }

    /// The pattern of the classes in a package or of a class and those nested in it.
    private static String classes(String name) {
        return "(.*[.$])?" + pattern(name.replaceFirst("#.*", "")) + "([.$].*)?";
    }

    private static String pattern(String glob) {
        return Arrays.stream(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (isTopClass(test)) {
            countBeforeClass = passed + failed + skipped;
            classStart = System.nanoTime();
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        long tests = plan.getDescendants(test).stream().filter(TestIdentifier::isTest).count();
        skip(test, reason, (int) Math.max(1, tests));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        switch (result.getStatus()) {
            case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
            case FAILED -> fail(test, result.getThrowable().map(TestRun::trace).orElse("no reason given"));
            case ABORTED -> skip(test, result.getThrowable().map(Throwable::getMessage).orElse(""), 1);
        }
        if (isTopClass(test)) {
            System.out.printf(Locale.ROOT, "%5d tests %6.1f s  %s%n", passed + failed + skipped - countBeforeClass,
                    (System.nanoTime() - classStart) / 1e9, name(test));
        }
    }

    private void skip(TestIdentifier test, String reason, int tests) {
        if (CI) {
            fail(test, "skipped, which it must not be where CI is set: " + reason);
        } else {
            skipped += tests;
            System.out.println("SKIPPED " + name(test) + ": " + reason);
        }
    }

    private void fail(TestIdentifier test, String why) {
        failed++;
        failures.add(name(test) + "\n    " + why.strip().replace("\n", "\n    "));
        System.out.println("FAILED " + failures.getLast());
    }

    /// @return whether all is well
    private boolean report() {
        boolean none = passed + failed + skipped == 0;
        if (!failures.isEmpty()) {
            System.out.println("\n---- failed:");
            failures.forEach(failure -> System.out.println(failure + "\n"));
        } else if (none) {
            System.out.println("no test found");
        }
        System.out.printf("%d passed, %d failed, %d skipped%n", passed, none ? 1 : failed, skipped);
        System.out.flush();
        return failed == 0 && !none;
    }

    private boolean isTopClass(TestIdentifier test) {
        return test.getSource().orElse(null) instanceof ClassSource
                && plan.getParent(test).flatMap(plan::getParent).isEmpty();
    }

    private static String name(TestIdentifier test) {
        return switch (test.getSource().orElse(null)) {
            case MethodSource method -> method.getClassName() + "#" + method.getMethodName()
                    + (test.getDisplayName().equals(method.getMethodName() + "()") ? "" : " " + test.getDisplayName());
            case ClassSource source -> source.getClassName();
            case null, default -> test.getDisplayName();
        };
    }

    /// The error and its causes with the frames of our own code.
    private static String trace(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            text.append(t == thrown ? "" : "caused by ").append(t).append('\n');
            for (StackTraceElement frame : t.getStackTrace()) {
                if (!frame.getClassName().matches("(org\\.junit|java|jdk|sun)\\..*")) {
                    text.append("    at ").append(frame).append('\n');
                }
            }
        }
        return text.toString();
    }
}
