package server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import server.live.AnswerPlace;
import shared.Nearest;
import shared.Problem;
import shared.json.Json;

/// One message of a client, as described at [LiveDialogue].
///
/// @param since       the last event that it has; -1 if absent
/// @param subscribe   the tasks whose answers it requests
/// @param unsubscribe ids, or prefixes of ids, of tasks whose answers it no longer wants
record LiveRequest(long since, List<From> subscribe, List<String> unsubscribe, boolean ping) {

    /// A task, and the place in its answer from which to continue.
    ///
    /// @param id    an id, or a prefix of one
    /// @param place what the client has of its answer
    record From(String id, AnswerPlace place) {
    }

    private static final Set<String> MEMBERS = Set.of("since", "subscribe", "unsubscribe", "ping");
    private static final Set<String> PLACE = Set.of("id", "attempt", "offset");

    /// Parses a message.
    ///
    /// @throws Problem                   400 if the message is wrong
    /// @throws shared.json.JsonException if it is not JSON
    static LiveRequest parse(byte[] utf8) {
        if (!(Json.parse(utf8) instanceof Json.Obj object)) {
            throw Problem.badRequest("a message must be an object, as {\"subscribe\":[\"task_7k3f9q2m4x8z\"]}");
        }
        known(object, MEMBERS);
        List<From> subscribe = new ArrayList<>();
        for (Json value : array(object, "subscribe")) {
            subscribe.add(from(value));
        }
        List<String> unsubscribe = new ArrayList<>();
        for (Json value : array(object, "unsubscribe")) {
            unsubscribe.add(id(value));
        }
        long since = object.get("since") == null ? -1 : number(object, "since", Long.MAX_VALUE);
        Json ping = object.get("ping");
        if (ping != null && !(ping instanceof Json.Bool)) {
            throw Problem.badRequest("ping must be true");
        }
        return new LiveRequest(since, subscribe, unsubscribe, ping instanceof Json.Bool(boolean wanted) && wanted);
    }

    private static From from(Json value) {
        if (!(value instanceof Json.Obj object)) {
            return new From(id(value), AnswerPlace.START);
        }
        known(object, PLACE);
        return new From(id(object.get("id")), new AnswerPlace((int) number(object, "attempt", Integer.MAX_VALUE),
                (int) number(object, "offset", Integer.MAX_VALUE)));
    }

    private static String id(Json value) {
        if (value instanceof Json.Str(String id) && !id.isEmpty()) {
            return id;
        }
        throw Problem.badRequest("an id of a task must be text, as \"task_7k3f9q2m4x8z\"");
    }

    private static List<Json> array(Json.Obj object, String name) {
        Json value = object.get(name);
        if (value == null || value instanceof Json.Arr) {
            return value instanceof Json.Arr(List<Json> values) ? values : List.of();
        }
        throw Problem.badRequest(name + " must be an array of ids of tasks");
    }

    private static long number(Json.Obj object, String name, long max) {
        long number = object.get(name) == null ? 0 : object.integer(name, -1);
        if (number < 0 || number > max) {
            throw Problem.badRequest(name + " must be a whole number from 0 to " + max);
        }
        return number;
    }

    private static void known(Json.Obj object, Set<String> members) {
        for (Map.Entry<String, Json> member : object.members().entrySet()) {
            if (!members.contains(member.getKey())) {
                throw Problem.badRequest("\"" + Problem.shown(member.getKey()) + "\" is unknown here"
                        + Nearest.hint(member.getKey(), members));
            }
        }
    }
}
