package server.simulate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import server.journal.disk.BackupFile;
import server.journal.disk.JournalDamage;
import server.journal.disk.Storage;
import server.journal.recovery.Inspection;
import server.order.KeepAlive;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.queue.state.Event;
import server.task.Attempt;
import server.task.Task;
import shared.ResultText;
import shared.json.Slice;

/// What a journal has recorded: when tasks were submitted, how their attempts went, and what the operator did
/// meanwhile.
public final class Recording {

    private static final long GAP_MS = 1_000;

    private final Map<Long, Job> byId = new LinkedHashMap<>();
    private final List<Event> steps = new ArrayList<>();
    private final EventCodec codec = new EventCodec(new Pool());
    private List<Job> jobs;
    private RecordedLoads loads;

    private Recording() {
    }

    /// Reads a journal or a backup, past any damage, without changing it. A server may be using the journal meanwhile.
    ///
    /// @param backup   the backup's name among the files; null for the journal
    /// @param problems receives a message for each damage
    public static Recording read(Storage storage, String backup, Consumer<String> problems) throws IOException {
        Recording recording = new Recording();
        if (backup != null) {
            recording.backup(storage, backup, problems);
        } else {
            Inspection inspection = new Inspection(storage, recording::line);
            inspection.run();
            if (!inspection.problems.isEmpty()) {
                // a running server may have been in the middle of a write: real damage is found a second time
                recording = new Recording();
                inspection = new Inspection(storage, recording::line);
                inspection.run();
            }
            inspection.problems.forEach(problems);
        }
        recording.jobs = recording.byId.values().stream().filter(Job::isWhole).toList();
        recording.loads = new RecordedLoads(recording.jobs);
        return recording;
    }

    private void backup(Storage storage, String name, Consumer<String> problems) throws IOException {
        try {
            BackupFile.read(storage, name, reader -> line(reader.line.seq, reader.offset(), reader.json()));
        } catch (JournalDamage damage) {
            problems.accept(damage.getMessage());
        }
    }

    private void line(long seq, long position, Slice json) {
        Event event = codec.decode(json);
        switch (event) {
            case Event.Change change -> change(change);
            case Event.ModeChange change when change.start() -> { }
            case Event.ModeChange change -> steps.add(change);
            case Event.Cron cron -> { }
            case Event.Action action -> { }
        }
    }

    private void change(Event.Change change) {
        long id = change.task().id();
        if (change.what() == Event.What.SUBMITTED) {
            boolean asked = change.request() != null && change.request().payload() != null;
            byId.put(id, new Job(new Event.Change(change.what(), change.at(), change.task().withoutMetadata(),
                    List.of(), Event.Request.UNRECORDED, null),
                    asked ? KeepAlive.of(change.request().payload()) : null));
            return;
        }
        Job job = byId.get(id);
        if (job == null || change.what() == Event.What.DELETED) {
            return;
        }
        if (change.what() == Event.What.PRIORITY) {
            steps.add(new Event.Change(change.what(), change.at(), change.task(), List.of(), null, null));
            return;
        }
        job.hasEnded = change.task().status().ended();
        if (!change.attempts().isEmpty()) {
            Attempt last = change.attempts().getLast();
            job.attempts = change.attempts();
            job.lastLoad = change.result() == null ? -1 : ResultText.told(change.result()).loadMillis();
            if (change.what() == Event.What.RETRIED) {
                job.pauses.put(last.number(), Math.max(0, change.at() - last.endedAt()));
            } else if (change.what() == Event.What.RETRYING) {
                job.pauses.put(last.number(), Math.max(0, change.task().retryAt() - change.at()));
            }
        }
    }

    /// Returns the tasks that can be simulated, in order of arrival.
    List<Job> jobs() {
        return jobs;
    }

    /// Returns how many tasks can be simulated.
    public int size() {
        return jobs.size();
    }

    /// Returns how many tasks never ran, or have not ended.
    public int leftOut() {
        return byId.size() - jobs.size();
    }

    /// Returns what was done by hand: changed priorities and pauses.
    List<Event> steps() {
        return steps;
    }

    RecordedLoads loads() {
        return loads;
    }

    /// Returns how many models fit at once on each host that ran any, by the host's name; 0: it reports no loads.
    public Map<String, Integer> fits() {
        return loads.fits();
    }

    /// Returns the average time between the end of an attempt and the start of the next one that waited for its slot,
    /// in milliseconds. Much longer times are ignored: then no server ran, or its hosts were away.
    long handover() {
        Map<String, List<Ran>> hosts = new LinkedHashMap<>();
        ran().forEach(ran -> hosts.computeIfAbsent(ran.host(), absent -> new ArrayList<>()).add(ran));
        List<Long> gaps = new ArrayList<>();
        for (List<Ran> attempts : hosts.values()) {
            attempts.sort(Comparator.comparingLong(Ran::startedAt));
            long idleSince = Long.MAX_VALUE;
            for (Ran ran : attempts) {
                if (ran.startedAt() >= idleSince && ran.startedAt() - ran.waited() < idleSince) {
                    gaps.add(ran.startedAt() - idleSince);
                }
                idleSince = idleSince == Long.MAX_VALUE ? ran.endedAt() : Math.max(idleSince, ran.endedAt());
            }
        }
        gaps.sort(null);
        long most = gaps.isEmpty() ? 0 : 10 * gaps.get((gaps.size() - 1) / 2) + GAP_MS;
        return Math.round(gaps.stream().mapToLong(gap -> gap).filter(gap -> gap <= most).average().orElse(0));
    }

    /// Returns the figures of what really happened.
    public Figures figures() {
        return Figures.of(ran(), Map.of());
    }

    private List<Ran> ran() {
        List<Ran> all = new ArrayList<>();
        for (Job job : jobs) {
            Task task = job.submitted.task();
            for (Attempt attempt : job.attempts) {
                all.add(new Ran(task, attempt == job.attempts.getFirst(), attempt.host(), attempt.startedAt(),
                        attempt.endedAt(), loads.of(attempt)));
            }
        }
        return all;
    }
}
