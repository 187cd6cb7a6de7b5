package server.relay;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Combines what several hosts of Ollama's API report about themselves. What a host wrote about a model stays
/// unchanged, byte for byte. Pure.
final class ModelLists {

    /// A model of a host.
    ///
    /// @param modifiedAt [Instant#EPOCH] if the host does not report it
    /// @param json       what the host wrote about it
    record Listed(String host, String name, Instant modifiedAt, Slice json) {

        /// A model of a host that does not have Ollama's lists.
        static Listed of(String host, String name) {
            return new Listed(host, name, Instant.EPOCH, new JsonWriter().beginObject().name("name").string(name)
                    .name("model").string(name).endObject().slice());
        }
    }

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private ModelLists() {
    }

    /// Reads the `models` of each answer. An answer that is no such list has none.
    ///
    /// @param answers by the hosts' names
    static List<Listed> read(Map<String, byte[]> answers) {
        List<Listed> all = new ArrayList<>();
        answers.forEach((host, answer) -> {
            List<Listed> its = new ArrayList<>();
            try {
                JsonReader in = reader(Slice.of(answer));
                in.beginObject();
                for (String name = in.nextName(); name != null; name = in.nextName()) {
                    if (name.equals("models") && in.peek() == JsonReader.Kind.ARRAY) {
                        in.beginArray();
                        while (in.nextElement()) {
                            its.add(listed(host, in.raw(JsonReader.Kind.OBJECT)));
                        }
                    } else {
                        in.skip();
                    }
                }
                all.addAll(its);
            } catch (JsonException noList) {
                // an imitation of Ollama, and not a good one
            }
        });
        return all;
    }

    private static Listed listed(String host, Slice json) {
        String name = "";
        Instant modifiedAt = Instant.EPOCH;
        JsonReader in = reader(json);
        in.beginObject();
        for (String member = in.nextName(); member != null; member = in.nextName()) {
            if (in.peek() != JsonReader.Kind.STRING) {
                in.skip();
                continue;
            }
            String text = in.string();
            switch (member) {
                case "name" -> name = text;
                case "modified_at" -> modifiedAt = time(text);
                default -> { }
            }
        }
        return new Listed(host, name, modifiedAt, json);
    }

    private static JsonReader reader(Slice json) {
        return new JsonReader(json.bytes(), json.from(), json.to(), JsonReader.ANY_DEPTH);
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException untold) {
            return Instant.EPOCH;
        }
    }

    /// Returns each model once, in the words of the host where it was modified last; the newest first, as in Ollama's
    /// own lists.
    static List<Listed> newest(List<Listed> all) {
        Map<String, Listed> byName = new LinkedHashMap<>();
        all.forEach(one -> byName.merge(one.name, one,
                (a, b) -> b.modifiedAt.isAfter(a.modifiedAt) ? b : a));
        return byName.values().stream().sorted(Comparator.comparing(Listed::modifiedAt).reversed()).toList();
    }

    /// Writes the answer of `/api/tags`.
    static JsonWriter tags(List<Listed> models) {
        JsonWriter out = new JsonWriter().beginObject().name("models").beginArray();
        models.forEach(one -> out.raw(one.json));
        return out.endArray().endObject();
    }

    /// Writes the answer of `/api/ps`: every entry as its host wrote it, followed by the host's name.
    static JsonWriter loaded(List<Listed> models) {
        JsonWriter out = new JsonWriter().beginObject().name("models").beginArray();
        for (Listed one : models) {
            byte[] host = new JsonWriter().beginObject().name("host").string(one.host).endObject().toBytes();
            Slice json = one.json;
            byte[] both = new byte[json.length() + host.length - 1];
            System.arraycopy(json.bytes(), json.from(), both, 0, json.length() - 1);
            // in place of the object's closing brace; an entry has at least a name
            both[json.length() - 1] = ',';
            System.arraycopy(host, 1, both, json.length(), host.length - 1);
            out.raw(both);
        }
        return out.endArray().endObject();
    }

    /// Writes the answer of `/api/show` about a model of which nothing is known but that it takes tasks: without one,
    /// `ollama run` takes the model for missing.
    static JsonWriter shown() {
        JsonWriter out = new JsonWriter().beginObject();
        for (String unknown : List.of("modelfile", "parameters", "template")) {
            out.name(unknown).string("");
        }
        out.name("details").beginObject();
        for (String unknown : List.of("parent_model", "format", "family", "parameter_size", "quantization_level")) {
            out.name(unknown).string("");
        }
        // without model_info: where that is, Ollama's client expects certain members
        return out.name("families").beginArray().endArray().endObject()
                .name("capabilities").beginArray().string("completion").endArray().endObject();
    }

    /// Writes a model in the form of OpenAI's lists.
    ///
    /// @param owner who made it; null: the part before the name, as in Ollama's own lists
    static void model(JsonWriter out, String id, Instant created, String owner) {
        int slash = id.lastIndexOf('/');
        int before = id.lastIndexOf('/', slash - 1);
        String namespace = slash < 0 ? "library" : id.substring(before + 1, slash);
        out.beginObject().name("id").string(id).name("object").string("model")
                .name("created").number(created.getEpochSecond())
                .name("owned_by").string(owner == null ? namespace : owner).endObject();
    }

    /// Returns the version in an answer of `/api/version`; null if there is none.
    ///
    /// @param answer null: no answer
    static String version(byte[] answer) {
        Slice version = answer == null ? null : member(answer, "version");
        return version == null ? null : version.text().replace("\"", "");
    }

    /// Returns the lowest version, compared by its numbers; null if there is none.
    static String lowest(Stream<String> versions) {
        return versions.filter(Objects::nonNull).min(ModelLists::compare).orElse(null);
    }

    /// Returns a member of an answer as the host wrote it; null if it is absent or null.
    static Slice member(byte[] answer, String wanted) {
        Slice found = null;
        try {
            JsonReader in = reader(Slice.of(answer));
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                boolean isIt = name.equals(wanted) && in.peek() != JsonReader.Kind.NULL;
                Slice value = in.raw();
                found = isIt ? value : found;
            }
            return found;
        } catch (JsonException notJson) {
            return null;
        }
    }

    private static int compare(String a, String b) {
        Matcher ofA = NUMBER.matcher(a);
        Matcher ofB = NUMBER.matcher(b);
        while (true) {
            boolean moreOfA = ofA.find();
            boolean moreOfB = ofB.find();
            if (!moreOfA || !moreOfB) {
                return Boolean.compare(moreOfA, moreOfB);
            }
            int order = Integer.compare(Integer.parseInt(ofA.group()), Integer.parseInt(ofB.group()));
            if (order != 0) {
                return order;
            }
        }
    }
}
