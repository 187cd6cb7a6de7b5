package server.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import server.task.FieldReader;
import shared.Nearest;
import shared.Problem;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;

/// The query parameters of a request. An unknown one is an error, which names the nearest known one.
public final class Query {

    private static final Query EMPTY = new Query(List.of());

    private record Parameter(String name, String value) {
    }

    private final List<Parameter> parameters;

    private Query(List<Parameter> parameters) {
        this.parameters = parameters;
    }

    /// Parses the query of a URI.
    ///
    /// @param raw   as it was sent; null for none
    /// @param known the names that the route knows
    /// @throws Problem 400 for an unknown parameter, or if the query is malformed
    public static Query parse(String raw, Set<String> known) {
        if (raw == null || raw.isEmpty()) {
            return EMPTY;
        }
        List<Parameter> parameters = new ArrayList<>();
        for (int from = 0; from <= raw.length();) {
            int end = raw.indexOf('&', from);
            end = end < 0 ? raw.length() : end;
            if (end > from) {
                int equals = raw.indexOf('=', from);
                boolean valued = equals >= 0 && equals < end;
                String name = Percent.decode("query", raw.substring(from, valued ? equals : end), true);
                if (!known.contains(name)) {
                    throw Problem.badRequest("unknown query parameter \"" + Problem.shown(name) + "\""
                            + Nearest.hint(name, known));
                }
                parameters.add(new Parameter(name,
                        valued ? Percent.decode("query", raw.substring(equals + 1, end), true) : ""));
            }
            from = end + 1;
        }
        return new Query(parameters);
    }

    /// Reads parameters from a JSON object: each member is a parameter; an array repeats it. No value may be empty: an
    /// empty filter would match everything, which is not meant if a value is missing by mistake.
    ///
    /// @throws JsonException for an unknown, empty or malformed parameter
    public static Query read(JsonReader json, Set<String> known) {
        FieldReader fields = new FieldReader(json);
        List<Parameter> parameters = new ArrayList<>();
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (!known.contains(name)) {
                throw fields.unknown(known, "");
            }
            if (json.peek() != Kind.ARRAY) {
                parameters.add(new Parameter(name, value(json, name)));
                continue;
            }
            int from = json.position();
            int before = parameters.size();
            json.beginArray();
            while (json.nextElement()) {
                parameters.add(new Parameter(name, value(json, name)));
            }
            if (parameters.size() == before) {
                throw empty(json, name, from);
            }
        }
        return new Query(parameters);
    }

    private static JsonException empty(JsonReader json, String name, int from) {
        return json.errorAt(from, name + " must not be empty; omit it if it does not matter");
    }

    private static String value(JsonReader json, String name) {
        return switch (json.peek()) {
            case STRING -> {
                int from = json.position();
                String text = json.string();
                if (text.replace(",", "").isBlank()) {
                    throw empty(json, name, from);
                }
                yield text;
            }
            case NUMBER -> json.number();
            case BOOLEAN -> Boolean.toString(json.bool());
            case OBJECT, ARRAY, NULL -> throw json.mustBe("a string, a number, true, false, or an array of these");
        };
    }

    /// Returns the parameters as a JSON object on one line, which [#read] can read.
    public String json() {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        parameters.forEach(each -> byName.computeIfAbsent(each.name(), first -> new ArrayList<>()).add(each.value()));
        JsonWriter out = new JsonWriter().beginObject();
        byName.forEach((name, values) -> {
            if (values.size() == 1) {
                out.name(name).string(values.getFirst());
                return;
            }
            out.name(name).beginArray();
            values.forEach(out::string);
            out.endArray();
        });
        out.endObject();
        return new String(out.buffer(), 0, out.length(), StandardCharsets.UTF_8);
    }

    /// Returns a parameter; null if it is absent or empty.
    ///
    /// @throws Problem 400 if it appears twice
    public String text(String name) {
        String found = null;
        for (Parameter parameter : parameters) {
            if (parameter.name().equals(name)) {
                if (found != null) {
                    throw Problem.badRequest("the query parameter \"" + name + "\" appears twice");
                }
                found = parameter.value();
            }
        }
        return found == null || found.isEmpty() ? null : found;
    }

    /// Returns the values of a parameter that may be repeated and may contain a comma-separated list.
    List<String> texts(String name) {
        List<String> values = new ArrayList<>();
        for (Parameter parameter : parameters) {
            if (parameter.name().equals(name)) {
                for (String value : parameter.value().split(",")) {
                    if (!value.isBlank()) {
                        values.add(value.strip());
                    }
                }
            }
        }
        return values;
    }

    /// Returns the values of a parameter that may be repeated and may contain a comma-separated list, each value once.
    ///
    /// @param parse throws a Problem 400 for a wrong value
    public <T> Set<T> set(String name, Function<String, T> parse) {
        Set<T> values = new LinkedHashSet<>();
        for (String text : texts(name)) {
            values.add(parse.apply(text));
        }
        return values;
    }

    /// Returns a parameter as a whole number.
    ///
    /// @param otherwise the answer if it is not given
    /// @throws Problem 400 if it is not a whole number from `min` to `max`
    public long number(String name, long otherwise, long min, long max) {
        String text = text(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw Problem.badRequest(name + " must be a whole number from " + min + " to " + max + ", not \""
                + Problem.shown(text) + "\"");
    }

    /// Returns whether a parameter is true; false if it is absent.
    ///
    /// @throws Problem 400 if it is neither true nor false
    public boolean flag(String name) {
        String text = text(name);
        if (text == null || text.equals("false") || text.equals("0")) {
            return false;
        }
        if (text.equals("true") || text.equals("1")) {
            return true;
        }
        throw Problem.badRequest(name + " must be true or false, not \"" + Problem.shown(text) + "\"");
    }

    /// Returns the index of a parameter's value in a list of names.
    ///
    /// @param otherwise the answer if it is not given
    /// @throws Problem 400 if it is none of them
    public int choice(String name, List<String> names, int otherwise) {
        String text = text(name);
        if (text == null) {
            return otherwise;
        }
        int found = names.indexOf(text);
        if (found < 0) {
            throw Problem.badRequest(name + " must be one of " + String.join(", ", names) + ", not \""
                    + Problem.shown(text) + "\""
                    + Nearest.hint(text, names));
        }
        return found;
    }

    /// Returns the query as text that begins with `?`, without the parameters `name` and `without`, and with `name` set
    /// to a new value at the end.
    public String with(String name, String value, String without) {
        StringBuilder text = new StringBuilder("?");
        for (Parameter parameter : parameters) {
            if (!parameter.name().equals(name) && !parameter.name().equals(without)) {
                text.append(encode(parameter.name())).append('=').append(encode(parameter.value())).append('&');
            }
        }
        return text.append(name).append('=').append(encode(value)).toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
