package server.order;

import server.task.ApiPath;
import server.task.RunnerOptions;
import server.task.Task;

/// What a task asks of its host. Tasks of one demand that were not tried yet get the same offers.
///
/// @param triedOn where the last attempt failed, empty if it was not on record; null if there was none
record Demand(int priority, String model, String on, boolean remote, boolean waitForModel, ApiPath endpoint,
        boolean onlyOrders, RunnerOptions runner, String window, String triedOn) {

    static Demand of(Task task) {
        String triedOn = !task.attempts().isEmpty() ? String.valueOf(task.attempts().getLast().host())
                : task.state().error() != null ? "" : null;
        return new Demand(task.priority(), task.model(), task.terms().on(), task.terms().remote(),
                task.terms().waitForModel(), task.terms().caller().endpoint(), task.terms().caller().onlyOrders(),
                task.terms().runner(), task.terms().placing().window(), triedOn);
    }

    /// Whether each task has to be asked for by itself, because the rest of its history may matter too.
    boolean oneByOne() {
        return triedOn != null;
    }
}
