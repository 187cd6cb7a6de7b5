package server.cron;

import java.util.LinkedHashMap;
import java.util.Map;

import server.task.SubmissionReader;
import shared.Problem;
import shared.json.Json;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The templates of cron tasks: the bodies of submits, as given by users.
final class Templates {

    private Templates() {
    }

    /// Checks a template.
    ///
    /// @throws Problem if it cannot create a task
    static void check(Slice template, SubmissionReader submissions) {
        try {
            Placeholders.check(template);
            submissions.read(template.toBytes());
        } catch (Problem wrong) {
            throw new Problem(wrong.status(), "task_template: " + wrong.reason());
        }
    }

    /// Returns the template with the changes applied; null removes a field. No field may be given twice, so changed
    /// fields are removed from the payload, and the fields of a changed payload from the top level.
    static Slice merge(Slice template, Slice change) {
        Map<String, Json> members = new LinkedHashMap<>(object(template).members());
        Map<String, Json> changes = object(change).members();
        Map<String, Json> inside = new LinkedHashMap<>(
                changes.getOrDefault("payload", members.get("payload")) instanceof Json.Obj payload
                        ? payload.members() : Map.of());
        if (changes.containsKey("payload")) {
            members.keySet().removeAll(inside.keySet());
        } else {
            boolean bareMessages = members.get("payload") instanceof Json.Arr;
            inside.keySet().removeAll(changes.keySet());
            members.computeIfPresent("payload", (name, old) -> old instanceof Json.Obj ? new Json.Obj(inside) : old);
            if (bareMessages && changes.containsKey("messages")) {
                members.remove("payload");
            }
        }
        changes.forEach((name, value) -> {
            if (value instanceof Json.Null) {
                members.remove(name);
            } else {
                members.put(name, value);
            }
        });
        JsonWriter out = new JsonWriter(template.length() + change.length()).value(new Json.Obj(members));
        return new Slice(out.buffer(), 0, out.length());
    }

    private static Json.Obj object(Slice json) {
        return (Json.Obj) Json.parseOwn(json.toBytes());
    }
}
