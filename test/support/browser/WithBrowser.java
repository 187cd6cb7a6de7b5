package support.browser;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/// Gives each test of this class its own [Page], in one [Chromium] for all classes of a lane. A test also fails if its
/// page did what it must not do (see [Faults]); a failed one leaves `build/browser/CLASS.METHOD.png`. Without such a
/// Chromium the tests are skipped.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BrowserExtension.class)
public @interface WithBrowser {

    /// Whether only the full Chromium will do: the headless shell, which takes half of the processor time, shows no
    /// notifications.
    boolean full() default false;
}
