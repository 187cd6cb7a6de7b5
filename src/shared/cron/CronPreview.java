package shared.cron;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

import shared.Problem;
import shared.json.JsonWriter;

/// The meaning of an expression: in words, and by its next due times.
///
/// @param next at most as many as requested; fewer if the years end
public record CronPreview(String expression, ZoneId zone, String description, List<Instant> next) {

    /// Reads an expression and computes its next due times.
    ///
    /// @param zone  the zone whose clock counts, unless the expression names its own
    /// @param from  the due times begin after this moment; `@every` counts from it, too
    /// @param count the most due times that are returned
    /// @throws Problem (400) if the expression is wrong or has no due time at all
    public static CronPreview of(String text, ZoneId zone, Instant from, int count) {
        CronExpression expression = CronExpression.parse(text, 0);
        List<Instant> next = new ArrayList<>();
        try {
            for (Instant at = from; next.size() < count; ) {
                at = expression.next(at, zone, from);
                next.add(at);
            }
        } catch (Problem noMore) {
            if (next.isEmpty()) {
                throw noMore;
            }
        }
        return new CronPreview(text, expression.zoneOr(zone), expression.describe(), next);
    }

    /// Returns `{"expression":…,"timezone":…,"description":…,"next":["2026-01-02T03:04:00Z",…]}`.
    public JsonWriter json() {
        JsonWriter out = new JsonWriter().beginObject();
        out.name("expression").string(expression).name("timezone").string(zone.getId());
        out.name("description").string(description).name("next").beginArray();
        next.forEach(at -> out.string(at.toString()));
        return out.endArray().endObject();
    }
}
