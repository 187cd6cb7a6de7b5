package support.browser;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Implements [WithBrowser]. A test's store closes its page when the test has ended.
final class BrowserExtension implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {

    private static final Namespace HERE = Namespace.create(BrowserExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Chromium.isInstalled(full(context)) ? ConditionEvaluationResult.enabled(null)
                : ConditionEvaluationResult.disabled(full(context)
                        ? "there is no full Chromium: apt-get install chromium"
                        : "there is no Chromium: apt-get install chromium-headless-shell, or chromium");
    }

    private static boolean full(ExtensionContext context) {
        return context.getRequiredTestClass().getAnnotation(WithBrowser.class).full();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Page.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(HERE).getOrComputeIfAbsent("page",
                key -> Chromium.ofLane(full(context)).open(1280, 800), Page.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Page page = context.getStore(HERE).get("page", Page.class);
        if (page == null) {
            return;
        }
        if (context.getExecutionException().isPresent()) {
            page.screenshot(Path.of("build/browser", context.getRequiredTestClass().getSimpleName() + "."
                    + context.getRequiredTestMethod().getName() + ".png"));
            page.faults().forget();
            return;
        }
        List<String> faults = page.faults().unexpected();
        page.faults().forget();
        if (!faults.isEmpty()) {
            throw new AssertionError("the page did what it must not:\n" + String.join("\n", faults));
        }
    }
}
