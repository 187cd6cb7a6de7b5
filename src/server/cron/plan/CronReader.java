package server.cron.plan;

import java.time.ZoneId;
import java.util.List;
import java.util.Set;

import server.task.CronId;
import server.task.FieldReader;
import server.task.SubmissionReader;
import server.task.Values;
import shared.Problem;
import shared.Zones;
import shared.cron.CronExpression;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// Reads a cron task as a user writes it. The template is passed on unchanged. Fields that the server sets are ignored,
/// whatever their value, so that a cron task that was read can be sent back, changed or as a new one.
public final class CronReader {

    static final int NAME_LENGTH_MAX = 200;
    static final int EXPRESSION_LENGTH_MAX = 500;
    static final long JITTER_MAX_MS = 24 * 3_600_000L;
    static final long MISSED_AGE_MAX_MS = 3_660 * 24 * 3_600_000L;

    private static final Set<String> SERVERS = Set.of("id", "description", "next_run", "last_run", "run_count",
            "skipped_count", "last_skip_reason", "failure_count", "waiting_run", "created_at", "updated_at", "runs",
            "last_runs", "warnings");

    /// The fields that a user may set.
    public static final List<String> KNOWN = List.of("name", "cron_expr", "timezone", "enabled", "task_template",
            "missed", "missed_max_age", "overlap", "jitter", "start_at", "end_at", "max_runs", "metadata");

    /// Names that a path cannot end with: a resource of its own, and steps to other folders.
    private static final Set<String> RESERVED = Set.of("preview", ".", "..");

    /// A cron task that was read.
    ///
    /// @param template null if absent
    public record Parsed(CronPlan plan, Slice template) {
    }

    private final ZoneId serverZone;
    private final int metadataMax;

    /// @param serverZone  the zone of a cron task that names none
    /// @param metadataMax the maximum size of metadata, in bytes
    public CronReader(ZoneId serverZone, int metadataMax) {
        this.serverZone = serverZone;
        this.metadataMax = metadataMax;
    }

    /// Reads the next JSON object.
    ///
    /// @param before the plan to change, whose other fields stay; null for a new one
    /// @throws shared.json.JsonException if a field is wrong; a [shared.Problem] 400 if a required one is missing, or
    ///                                   fields do not fit together
    public Parsed read(JsonReader json, CronPlan before) {
        Draft draft = new Draft(json, before, metadataMax);
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (SERVERS.contains(name)) {
                json.skip();
            } else if (json.peek() == Kind.NULL && KNOWN.contains(name)) {
                json.nul();
                draft.clear(name);
            } else if (!draft.read(name)) {
                throw draft.fields.unknown(KNOWN, "");
            }
        }
        return draft.build(serverZone, before == null);
    }

    /// A plan in the making.
    private static final class Draft {
        private final FieldReader fields;
        private final int metadataMax;
        private final JsonReader json;

        private String name;
        private String expression;
        private String zone;
        private boolean zoneGiven;
        private boolean enabled = true;
        private Missed missed = Missed.SKIP;
        private long missedMaxAge = CronPlan.MISSED_MAX_AGE_MS;
        private Overlap overlap = Overlap.SKIP;
        private long jitter;
        private long startAt;
        private long endAt;
        private long maxRuns;
        private byte[] metadata;
        private Slice template;

        Draft(JsonReader json, CronPlan before, int metadataMax) {
            this.json = json;
            this.metadataMax = metadataMax;
            fields = new FieldReader(json);
            if (before != null) {
                name = before.name();
                expression = before.expression();
                zone = before.zone();
                enabled = before.enabled();
                missed = before.missed();
                missedMaxAge = before.missedMaxAge();
                overlap = before.overlap();
                jitter = before.jitter();
                startAt = before.startAt();
                endAt = before.endAt();
                maxRuns = before.maxRuns();
                metadata = before.metadata();
            }
        }

        /// Handles a null, which removes a bound; for other fields it is ignored.
        void clear(String field) {
            startAt = field.equals("start_at") ? 0 : startAt;
            endAt = field.equals("end_at") ? 0 : endAt;
        }

        /// Reads the value of a field; returns false if the field is unknown.
        boolean read(String field) {
            switch (field) {
                case "name" -> name = name();
                case "cron_expr" -> expression = expression();
                case "timezone" -> {
                    zone = fields.parsed(text -> Zones.named(field, text).getId());
                    zoneGiven = true;
                }
                case "enabled" -> enabled = json.bool();
                case "missed" -> missed = fields.parsed(Missed::parse);
                case "overlap" -> overlap = fields.parsed(Overlap::parse);
                case "missed_max_age" -> missedMaxAge = fields.duration(1, MISSED_AGE_MAX_MS);
                case "jitter" -> jitter = fields.duration(0, JITTER_MAX_MS);
                case "start_at" -> startAt = bound();
                case "end_at" -> endAt = bound();
                case "max_runs" -> maxRuns = fields.integer(0, Integer.MAX_VALUE);
                case "metadata" -> metadata = SubmissionReader.metadata(fields, metadataMax);
                case "task_template" -> template = Values.oneLine(json.raw(Kind.OBJECT));
                default -> {
                    return false;
                }
            }
            return true;
        }

        Parsed build(ZoneId serverZone, boolean whole) {
            if (whole) {
                require("name", name, "\"name\":\"nightly\"");
                require("cron_expr", expression, "\"cron_expr\":\"0 9 * * 1-5\"");
                require("task_template", template, "\"task_template\":{\"type\":\"chat\",\"prompt\":\"Hello\"}");
            }
            ZoneId named = CronExpression.parse(expression, 0).zoneOr(null);
            if (named != null) {
                if (zoneGiven && !zone.equals(named.getId())) {
                    throw Problem.badRequest("timezone is " + zone + ", but cron_expr names " + named.getId()
                            + "; give it once");
                }
                zone = named.getId();
            } else if (zone == null) {
                zone = serverZone.getId();
            }
            if (endAt != 0 && endAt <= startAt) {
                throw Problem.badRequest("end_at must be later than start_at");
            }
            return new Parsed(new CronPlan(name, expression, zone, enabled, missed, missedMaxAge, overlap, jitter,
                    startAt, endAt, maxRuns, metadata), template);
        }

        private static void require(String field, Object value, String example) {
            if (value == null) {
                throw Problem.badRequest(field + " is missing, as in {" + example + "}");
            }
        }

        /// Reads the name, which may be used wherever the API accepts an id, also in paths.
        private String name() {
            int from = json.position();
            String text = fields.text(NAME_LENGTH_MAX);
            if (RESERVED.contains(text) || text.startsWith(CronId.PREFIX) && CronId.parse(text) >= 0) {
                throw json.errorAt(from, "name must not be " + text + ", which means something else in the API; "
                        + "choose another");
            }
            return text;
        }

        private String expression() {
            int from = json.position();
            String text = json.string();
            if (text.length() > EXPRESSION_LENGTH_MAX) {
                throw json.errorAt(from, "cron_expr has " + text.length() + " characters, at most "
                        + EXPRESSION_LENGTH_MAX + " are allowed");
            }
            try {
                CronExpression.parse(text, 0);
                return text;
            } catch (Problem wrong) {
                throw json.errorAt(from, "cron_expr: " + wrong.getMessage());
            }
        }

        /// Reads a bound; Go's zero time, in the year 1, means none.
        private long bound() {
            return Math.max(0, fields.time());
        }
    }
}
