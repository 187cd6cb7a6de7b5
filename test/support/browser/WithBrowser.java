package support.browser;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/// The tests of this class are given a [Page] of their own each, in one [Chromium] for all classes of a lane. A test
/// fails too if its page did what it must not (see [Faults]); a failed one leaves `build/browser/CLASS.METHOD.png`.
/// Without such a Chromium they are skipped.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BrowserExtension.class)
public @interface WithBrowser {

    /// Whether only the full Chromium will do: the headless shell, which takes half of the processor time, shows no
    /// notification.
    boolean full() default false;
}
