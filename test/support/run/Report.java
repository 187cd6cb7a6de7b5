package support.run;

import java.io.Serializable;

/// What a lane reports about the class that it runs, one report after another; [Ended] is a class's last.
sealed interface Report extends Serializable {

    /// A test or a container of tests began.
    record Began(String test) implements Report {
    }

    record Passed(String test) implements Report {
    }

    record Failed(String test, String why) implements Report {
    }

    /// @param tests how many tests they are
    record Skipped(String test, String reason, int tests) implements Report {
    }

    /// The class has ended, and the lane has checked what it left behind.
    ///
    /// @param cpuSeconds processor time of the lane and the processes that it started, user and system
    record Ended(double seconds, double cpuSeconds) implements Report {
    }
}
