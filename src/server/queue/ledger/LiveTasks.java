package server.queue.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;

import server.action.plan.ActionEvent;
import server.journal.compaction.LiveLines;
import server.queue.index.ArrivalChunk;
import server.queue.index.Arrivals;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.queue.state.Event;
import server.queue.state.QueueMode;
import server.queue.state.QueueState;
import server.task.Task;
import shared.json.Slice;

/// Determines which lines of the journal the queue still needs: each task's request and last line, and those of the
/// mode, the cron tasks and the actions.
final class LiveTasks implements LiveLines {

    /// How much is read under the lock at once: so little that other callers are not noticeably delayed.
    private static final int CHUNKS_A_STEP = 4;

    private static final byte[] EVENT = "\"event\":".getBytes(StandardCharsets.US_ASCII);

    private final Ledger ledger;
    private final EventCodec codec = new EventCodec(new Pool());

    LiveTasks(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void forEach(Positions line) {
        int next = ledger.look(state -> {
            besides(state, position -> line.add(position, true));
            return state.arrivals().numberOf(0);
        }).value();
        for (boolean more = true; more; next += CHUNKS_A_STEP) {
            int number = next;
            more = ledger.look(state -> {
                Arrivals arrivals = state.arrivals();
                int index = arrivals.indexOf(number);
                for (int i = Math.max(0, index); i < Math.min(index + CHUNKS_A_STEP, arrivals.chunkCount()); i++) {
                    linesOf(arrivals.chunk(i), line);
                }
                return index + CHUNKS_A_STEP < arrivals.chunkCount();
            }).value();
        }
    }

    /// The lines that do not belong to tasks.
    private static void besides(QueueState state, LongConsumer line) {
        if (state.modeAt() != 0) {
            line.accept(state.modeAt());
        }
        state.crons().all().forEach(cron -> {
            line.accept(cron.definedAt());
            if (cron.lastAt() != cron.definedAt()) {
                line.accept(cron.lastAt());
            }
        });
        state.actions().forEachLine(line);
    }

    private static void linesOf(ArrivalChunk chunk, Positions line) {
        for (int at = 0; chunk != null && at < Arrivals.CHUNK; at++) {
            Task task = chunk.get(at);
            if (task != null) {
                line.add(task.requestAt(), !task.isUnrecorded());
                if (task.lastAt() != task.requestAt()) {
                    line.add(task.lastAt(), true);
                }
            }
        }
    }

    /// Returns the submit of an unrecorded task without its request.
    @Override
    public Slice needed(Slice json) {
        Event.Change submit = (Event.Change) codec.decode(json);
        Event.Request request = submit.request();
        Slice nothing = Event.Request.UNRECORDED.payload();
        return request.head() == null && request.payload().length() == nothing.length() ? json
                : with(json, new Event.Change(submit.what(), submit.at(), submit.task(), submit.attempts(),
                        new Event.Request(nothing, "", request.key(), request.fingerprint(), null), null));
    }

    /// Reduces a deleted task's event to what happened to which task, and a removed cron task's event to all but the
    /// template.
    @Override
    public Slice recent(Slice json) {
        Event bare = switch (codec.decode(json)) {
            case Event.ModeChange change -> null;
            case Event.Action(ActionEvent change, QueueMode _) when change.action().tasks() == null
                    || isThere(state -> state.actions().get(change.action().id())) -> null;
            case Event.Action whole -> whole.slim();
            case Event.Cron whole -> whole.change().template() == null
                    || isThere(state -> state.crons().get(whole.change().cron().id())) ? null : whole.slim();
            case Event.Change change -> isBare(change) || isThere(state -> state.get(change.task().id())) ? null
                    : new Event.Change(change.what(), change.at(), change.task().withoutMetadata(), List.of(), null,
                            null);
        };
        return bare == null ? json : with(json, bare);
    }

    /// Returns the line with another event; the members that the journal wrote stay.
    private static Slice with(Slice json, Event event) {
        List<Slice> pieces = new ArrayList<>();
        pieces.add(new Slice(json.bytes(), json.from(), eventAt(json)));
        pieces.addAll(List.of(EventCodec.encode(event)));
        return joined(pieces);
    }

    private boolean isThere(Function<QueueState, Object> what) {
        return ledger.look(what).value() != null;
    }

    private static boolean isBare(Event.Change change) {
        return change.request() == null && change.result() == null && change.attempts().isEmpty()
                && change.task().metadata() == null;
    }

    /// Returns where the members begin that are not the journal's own.
    private static int eventAt(Slice json) {
        for (int at = json.from(); ; at++) {
            int same = 0;
            while (same < EVENT.length && json.bytes()[at + same] == EVENT[same]) {
                same++;
            }
            if (same == EVENT.length) {
                return at;
            }
        }
    }

    private static Slice joined(List<Slice> pieces) {
        byte[] all = new byte[pieces.stream().mapToInt(Slice::length).sum()];
        int at = 0;
        for (Slice piece : pieces) {
            System.arraycopy(piece.bytes(), piece.from(), all, at, piece.length());
            at += piece.length();
        }
        return Slice.of(all);
    }
}
