package server.cron;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;

import server.cron.plan.CronReader;
import server.cron.plan.CronReader.Parsed;
import server.cron.plan.CronRuns;
import server.cron.plan.CronTask;
import server.queue.TaskQueue;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.TaskDocument;
import shared.Problem;
import shared.ResultText;
import shared.TaskStatus;
import shared.json.JsonReader;
import shared.json.Slice;

/// Requests about cron tasks: reads and checks users' requests, and makes submits from templates.
public final class CronRequests {

    /// The maximum number of characters of the last answer that go into a prompt.
    static final int LAST_RESULT_MAX = 32_768;

    private final TaskQueue queue;
    private final CronStore store;
    private final SubmissionReader submissions;
    private final CronReader reader;
    private final ZoneId zone;
    private final InstantSource clock;

    /// @param zone the zone of a cron task that names none
    public CronRequests(TaskQueue queue, SubmissionReader submissions, ZoneId zone, InstantSource clock) {
        this.queue = queue;
        this.submissions = submissions;
        this.zone = zone;
        this.clock = clock;
        store = new CronStore(queue.ledger());
        reader = new CronReader(zone, submissions.metadataMax());
    }

    /// Returns the store of cron tasks.
    public CronStore store() {
        return store;
    }

    /// Returns the zone of a cron task that names none.
    public ZoneId zone() {
        return zone;
    }

    /// Adds a cron task.
    ///
    /// @param json    the JSON object and nothing after it
    /// @param replace whether a cron task of the same name is changed, instead of causing an error
    /// @throws Problem 400 if the JSON is wrong, 409 if the name is taken
    public CronTask create(JsonReader json, boolean replace) {
        Parsed read = read(json, null);
        Templates.check(read.template(), submissions);
        while (true) {
            CronTask before = replace ? store.named(read.plan().name()) : null;
            if (before == null) {
                return store.create(read.plan(), read.template());
            }
            if (store.update(before, read.plan(), read.template())) {
                return store.get(before.id());
            }
        }
    }

    /// Changes the members of a cron task that the JSON names; its other members stay.
    ///
    /// @param json creates a new reader of the JSON at each call
    /// @throws Problem 404 if there is no such cron task, 400 if the JSON is wrong, 409 if the new name is taken
    public CronTask update(long id, Supplier<JsonReader> json) {
        while (true) {
            CronTask before = store.get(id);
            Parsed read = read(json.get(), before);
            Slice template = null;
            if (read.template() != null) {
                template = Templates.merge(store.template(before), read.template());
                Templates.check(template, submissions);
            }
            if (store.update(before, read.plan(), template)) {
                return store.get(id);
            }
        }
    }

    /// Runs a cron task now, on request, and returns the task that it created.
    ///
    /// @throws Problem 404 if there is no such cron task
    public TaskDocument run(long id) {
        TaskDocument made = null;
        while (made == null) {
            CronTask cron = store.get(id);
            made = store.run(cron, submission(cron, clock.millis()));
        }
        return made;
    }

    /// Returns the submission that a due time makes.
    ///
    /// @param dueAt milliseconds since the epoch
    Submission submission(CronTask cron, long dueAt) {
        ZonedDateTime due = Instant.ofEpochMilli(dueAt).truncatedTo(ChronoUnit.SECONDS)
                .atZone(ZoneId.of(cron.plan().zone()));
        Slice template = Placeholders.expand(store.template(cron), name -> switch (name) {
            case "date" -> DateTimeFormatter.ISO_LOCAL_DATE.format(due);
            case "time" -> DateTimeFormatter.ISO_LOCAL_TIME.format(due);
            case "datetime" -> DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(due);
            case "timezone" -> cron.plan().zone();
            case "run_count" -> Long.toString(cron.runCount() + 1);
            case "name" -> cron.plan().name();
            default -> lastResult(cron);
        });
        return submissions.read(template.toBytes());
    }

    /// Returns the text of the latest completed task of a cron task; empty if there is none.
    private String lastResult(CronTask cron) {
        CronRuns runs = cron.runs();
        for (int i = runs.size() - 1; i >= 0; i--) {
            if (store.status(runs.task(i)) == TaskStatus.COMPLETED) {
                try {
                    Slice result = queue.document(runs.task(i)).result();
                    String text = result == null ? "" : ResultText.of(result).text();
                    int end = Math.min(text.length(), LAST_RESULT_MAX);
                    boolean halved = end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
                    return text.substring(0, halved ? end - 1 : end);
                } catch (Problem deleted) {
                    // use an older one
                }
            }
        }
        return "";
    }

    private Parsed read(JsonReader json, CronTask before) {
        Parsed read = reader.read(json, before == null ? null : before.plan());
        json.end();
        return read;
    }
}
