package support.run;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Timeout;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import server.log.Log;
import support.Effort;
import support.browser.Chromium;
import support.browser.WithBrowser;

/// A process that runs one class of tests after another, as its run requests, and checks after each what it left
/// behind. When the run is gone, it ends with everything that it started.
final class Lane implements TestExecutionListener {

    /// The time limit of a test that has no other: long enough on a busy machine, since anything that hangs is ended
    /// anyway. The property `limit`, in seconds, is for the runner's own tests.
    private static final long LIMIT_SECONDS = Long.getLong("limit", 300);
    /// The seconds that a long form has for each second of a short one; only the watchdog enforces this limit.
    private static final int PROOF_FACTOR = 60;
    /// The patience for things that end by themselves.
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(Math.min(10, LIMIT_SECONDS));

    private final BlockingQueue<String> classes = new LinkedBlockingQueue<>();
    private final Selection selection = Selection.ofProcess();
    private final ObjectOutputStream out;
    private final Leftovers leftovers;
    private final Watchdog watchdog;
    private final String mark = System.getenv(Processes.MARK);
    private TestPlan plan;

    private Lane(Socket run) throws IOException {
        out = new ObjectOutputStream(run.getOutputStream());
        leftovers = new Leftovers(mark, Path.of(System.getProperty("java.io.tmpdir")), PATIENCE_NANOS);
        watchdog = new Watchdog(PATIENCE_NANOS / 2,
                () -> Processes.kill(Processes.of(ProcessHandle.current(), mark)), this::end);
        BufferedReader orders = new BufferedReader(new InputStreamReader(run.getInputStream(), StandardCharsets.UTF_8));
        Thread.ofPlatform().daemon().name("orders").start(() -> listen(orders));
        watchdog.start();
    }

    /// @param words the run's port
    public static void main(String[] words) throws Exception {
        Detached.detach();
        // errors that tests cause on purpose are not logged
        Log.ofProcess().level(Boolean.getBoolean("log") ? Level.INFO : Level.OFF);
        try (Socket run = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(words[0]))) {
            new Lane(run).run();
        }
        System.exit(0);
    }

    private void listen(BufferedReader orders) {
        try {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                classes.add(order);
            }
        } catch (IOException gone) {
            // it reports the same
        }
        Processes.kill(Processes.of(ProcessHandle.current(), mark));
        Runtime.getRuntime().halt(1);
    }

    private void run() throws Exception {
        Launcher launcher = LauncherFactory.create();
        leftovers.know();
        // an empty name is the end
        for (String name = classes.take(); !name.isEmpty(); name = classes.take()) {
            Class<?> tests = Class.forName(name, false, Lane.class.getClassLoader());
            WithBrowser browser = tests.getAnnotation(WithBrowser.class);
            if (browser != null && Chromium.isInstalled(browser.full())) {
                // the lane's own, for all its classes
                Chromium.ofLane(browser.full());
                leftovers.know();
            }
            long start = System.nanoTime();
            double cpu = Cpu.seconds();
            launcher.execute(request(tests), this);
            watchdog.idle();
            List<String> left = leftovers.report();
            if (!left.isEmpty()) {
                tell(new Report.Failed(name, "left behind:\n" + String.join("\n", left)));
            }
            tell(new Report.Ended((System.nanoTime() - start) / 1e9, Cpu.seconds() - cpu));
        }
    }

    private LauncherDiscoveryRequest request(Class<?> tests) {
        PostDiscoveryFilter wanted = test -> FilterResult.includedIf(
                test.getTags().stream().map(TestTag::getName).noneMatch(selection::excludes)
                        && (!(test.getSource().orElse(null) instanceof MethodSource method)
                        || selection.includes(method.getClassName(), method.getMethodName())));
        return LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests))
                .filters(wanted, EngineFilter.includeEngines("junit-jupiter"))
                .configurationParameter("junit.jupiter.execution.timeout.testable.method.default", LIMIT_SECONDS + " s")
                .configurationParameter("junit.jupiter.execution.timeout.threaddump.enabled", "true")
                .configurationParameter("junit.jupiter.execution.timeout.mode",
                        Effort.isProof() ? "disabled" : "enabled")
                .build();
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        watchdog.began(name(test), limitNanos(test));
        tell(new Report.Began(name(test)));
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        long tests = plan.getDescendants(test).stream().filter(TestIdentifier::isTest).count();
        tell(new Report.Skipped(name(test), reason, (int) Math.max(1, tests)));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        watchdog.began("what comes after " + name(test), TimeUnit.SECONDS.toNanos(LIMIT_SECONDS));
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    tell(new Report.Passed(name(test)));
                }
            }
            case FAILED -> tell(new Report.Failed(name(test), result.getThrowable().map(Lane::trace)
                    .orElse("no reason given")));
            case ABORTED -> tell(new Report.Skipped(name(test), result.getThrowable().map(Throwable::getMessage)
                    .orElse(""), 1));
        }
    }

    private synchronized void tell(Report report) {
        try {
            out.writeObject(report);
            out.flush();
        } catch (IOException runGone) {
            throw new UncheckedIOException(runGone);
        }
    }

    private void end(String why) {
        StringBuilder text = new StringBuilder(why);
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            text.append("\nthread \"").append(thread.getName()).append('"');
            List.of(stack).forEach(frame -> text.append("\n    at ").append(frame));
        });
        System.out.println(text);
        Runtime.getRuntime().halt(2);
    }

    /// Returns the limit in the test's [Timeout], or in its class's.
    private static long limitNanos(TestIdentifier test) {
        Timeout limit = switch (test.getSource().orElse(null)) {
            case MethodSource method -> AnnotationSupport.findAnnotation(method.getJavaMethod(), Timeout.class)
                    .or(() -> AnnotationSupport.findAnnotation(method.getJavaClass(), Timeout.class)).orElse(null);
            case ClassSource source -> AnnotationSupport.findAnnotation(source.getJavaClass(), Timeout.class)
                    .orElse(null);
            case null, default -> null;
        };
        return (limit == null ? TimeUnit.SECONDS.toNanos(LIMIT_SECONDS) : limit.unit().toNanos(limit.value()))
                * (Effort.isProof() ? PROOF_FACTOR : 1);
    }

    private static String name(TestIdentifier test) {
        return switch (test.getSource().orElse(null)) {
            case MethodSource method -> method.getClassName() + "#" + method.getMethodName()
                    + (test.getDisplayName().equals(method.getMethodName() + "()") ? "" : " " + test.getDisplayName());
            case ClassSource source -> source.getClassName();
            case null, default -> test.getDisplayName();
        };
    }

    /// Returns the error and its causes with the stack frames of our own code.
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
