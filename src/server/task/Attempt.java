package server.task;

import java.util.Locale;

/// The record of one attempt.
///
/// @param number  counts from 1
/// @param host    where it ran
/// @param startedAt milliseconds since the epoch
/// @param endedAt milliseconds since the epoch
/// @param error   null if it completed
/// @param counted whether it used up a retry; an attempt that a crash or a stop of the server cut off did not
/// @param rule    which rule chose the host; null if it is not known
/// @param died    whether it ended because the server died, rather than stopped in order
/// @param loadMs  how long its host took to load the model, in milliseconds; -1: not known, but the result may say
/// @param tokens  how many tokens it generated; -1: not known
/// @param chosen why it started when it did; null if it is not known
public record Attempt(int number, String host, long startedAt, long endedAt, String error, boolean counted,
        String rule, boolean died, long loadMs, long tokens, Chosen chosen) {

    /// Makes an attempt whose load time, tokens and choice are not known.
    public Attempt(int number, String host, long startedAt, long endedAt, String error, boolean counted, String rule,
            boolean died) {
        this(number, host, startedAt, endedAt, error, counted, rule, died, -1, -1, null);
    }

    /// Makes an attempt whose rule, load time, tokens and choice are not known.
    public Attempt(int number, String host, long startedAt, long endedAt, String error, boolean counted) {
        this(number, host, startedAt, endedAt, error, counted, null, false, -1, -1, null);
    }

    /// Why an attempt started when it did, as decided at that moment.
    ///
    /// @param by    the rule by which the task was chosen
    /// @param loads whether its host had to load the model
    /// @param over  the id of the task that it overtook: the first task of the client whose turn it was, or an earlier
    ///              one of its own client; -1: none
    public record Chosen(By by, boolean loads, long over) {

        private static final String LOADS = "load";

        /// The rules within a priority, in the order in which they are tried.
        public enum By {
            PRESSING("it would miss its finish_by otherwise"),
            BEHIND("its client is further behind its share than allowed"),
            OVERDUE("it was passed over as often or as long as allowed"),
            LOADED("its model is loaded on a host with a free place"),
            FIRST("it is first by priority, client and time");

            /// The name in the journal and the API.
            public final String word = name().toLowerCase(Locale.ROOT);
            /// The explanation for people.
            public final String text;

            By(String text) {
                this.text = text;
            }
        }

        /// Reads what [#toString] wrote; returns null if a later version wrote a rule that is unknown here.
        public static Chosen parse(String text) {
            By by = null;
            boolean loads = false;
            long over = -1;
            for (String word : text.split(" ", -1)) {
                for (By each : By.values()) {
                    by = each.word.equals(word) ? each : by;
                }
                loads |= word.equals(LOADS);
                over = word.startsWith(TaskId.PREFIX) ? TaskId.parse(word) : over;
            }
            return by == null ? null : new Chosen(by, loads, over);
        }

        /// Returns the journal's form, such as `overdue load task_7k3f9q2m4x8z`.
        @Override
        public String toString() {
            return by.word + (loads ? " " + LOADS : "") + (over < 0 ? "" : " " + TaskId.format(over));
        }
    }
}
