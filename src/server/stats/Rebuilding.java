package server.stats;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import server.queue.ledger.EventLog;
import server.queue.state.Event;
import shared.LogValue;
import shared.ResultText;

/// Rebuilds the record of the time before the server's start from the journal.
final class Rebuilding {

    private static final Logger LOG = System.getLogger("stats");
    /// The most events read, the newest ones: this must end soon, because the hosts' work goes on meanwhile.
    private static final long EVENTS_MAX = 500_000;
    private static final long DAY_MS = 86_400_000;
    /// For a model that is already loaded, hosts report a shorter load time than this.
    private static final long WARM_MAX_MS = 20;

    private Rebuilding() {
    }

    /// Reads the events of the last day.
    ///
    /// @param last the sequence number of the last event that is wanted
    /// @return null if there are no events
    static History until(TaskQueue queue, long last, long now) {
        EventLog log = queue.eventsAfter(Math.max(0, last - EVENTS_MAX));
        History[] past = new History[1];
        try {
            boolean more = true;
            while (more && log.seq() < last) {
                more = log.nextWhole(event -> {
                    if (event.seq() <= last && event.event().at() > now - DAY_MS) {
                        past[0] = past[0] == null ? new History(event.event().at(), 0, 0, 0) : past[0];
                        take(past[0], event);
                    }
                });
            }
        } catch (IOException | RuntimeException unreadable) {
            // the queue itself has been replayed; only a part of a chart is missing
            LOG.log(Level.WARNING, "event=history_not_read reason=" + LogValue.of(unreadable.getMessage()));
        }
        return past[0];
    }

    private static void take(History past, DurableEvent event) {
        past.take(event);
        if (event.event() instanceof Event.Change change && change.what() == Event.What.COMPLETED
                && change.result() != null) {
            ResultText.Told told = ResultText.told(change.result());
            long loaded = told.loadMillis() > WARM_MAX_MS ? told.loadMillis() : -1;
            long tokens = Math.max(0, told.tokens());
            past.wrote(tokens, change.at());
            past.answered(change.task().id(), tokens, tokens, loaded, change.at());
        }
    }
}
