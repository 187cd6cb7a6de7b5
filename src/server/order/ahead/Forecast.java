package server.order.ahead;

import java.util.List;

import server.order.Offer;

/// What probably happens to a pending task.
///
/// @param position 1: it is next; 0 if it is not ready, or not known
/// @param startsIn null if nothing is known
/// @param rule     the rule by which it will start, for people; null if it is not known
/// @param offer    where it will start; null if it is not known
/// @param before   the first tasks that start before it
public record Forecast(int position, Span startsIn, String rule, Offer offer, List<Before> before) {

    /// The forecast if nothing is known.
    static final Forecast NONE = new Forecast(0, null, null, null, List.of());

    /// A task that starts before another one.
    ///
    /// @param id the task's name
    public record Before(String id, Why why) {
    }

    /// Why a task starts before another one.
    public enum Why {
        PRIORITY("its priority is higher"),
        FINISH_BY("it would miss its finish_by otherwise"),
        OVERDUE("it was passed over as often or as long as allowed"),
        LOADED("its model is loaded"),
        FAIR_SHARE("it is its client's turn"),
        EARLIER("it came earlier"),
        ELSEWHERE("it takes a place that the other cannot use");

        /// The explanation for people.
        public final String text;

        Why(String text) {
            this.text = text;
        }
    }
}
