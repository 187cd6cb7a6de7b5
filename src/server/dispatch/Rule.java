package server.dispatch;

/// Why a task goes to its host; shown on its attempts.
enum Rule {
    /// It requested this host by name.
    ON("on"),
    /// No endpoint is configured.
    LOCAL("local"),
    /// `local_first_policy`: it has no reason to go to an endpoint.
    LOCAL_FIRST("local_first_policy"),
    /// It requested an endpoint.
    REMOTE_EXECUTION("remote_execution"),
    /// Critical tasks go to the endpoints.
    CRITICAL("critical_priority"),
    /// `max_local_queue_size` tasks wait locally, and its priority is at least high.
    QUEUE_FULL("max_local_queue_size"),
    /// Without `local_first_policy` tasks of priority high and above go to the endpoints,
    HIGH("high_priority"),
    /// and the others stay.
    BELOW_HIGH("below_high_priority"),
    /// `fallback_to_local`: no endpoint accepted it.
    FALLBACK("fallback_to_local"),
    /// No local host is healthy and has its model.
    NO_LOCAL_HOST("no_local_host"),
    /// It failed where it was first sent.
    ELSEWHERE("after_failure");

    final String text;

    Rule(String text) {
        this.text = text;
    }
}
