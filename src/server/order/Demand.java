package server.order;

import server.task.ApiPath;
import server.task.RunnerOptions;
import server.task.Task;

/// What a task requires of its host. Tasks of one demand that have not been tried yet get the same offers.
///
/// @param triedOn where the last attempt failed, empty if that was not recorded; null if there was none
record Demand(int priority, String model, String on, boolean remote, boolean waitForModel, ApiPath endpoint,
        boolean onlyOrders, RunnerOptions runner, String window, String triedOn) {

    static Demand of(Task task) {
        String triedOn = !task.attempts().isEmpty() ? String.valueOf(task.attempts().getLast().host())
                : task.state().error() != null ? "" : null;
        return new Demand(task.priority(), task.model(), task.terms().on(), task.terms().remote(),
                task.terms().waitForModel(), task.terms().caller().endpoint(), task.terms().caller().onlyOrders(),
                task.terms().runner(), task.terms().placing().window(), triedOn);
    }

    /// Returns whether each task must be asked for separately, because the rest of its history may matter too.
    boolean oneByOne() {
        return triedOn != null;
    }
}
