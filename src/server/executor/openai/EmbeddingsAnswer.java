package server.executor.openai;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome.Cause;
import server.executor.wire.AnswerLines;
import server.executor.answer.ErrorObject;
import server.executor.answer.Members;
import server.executor.answer.Notes;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Converts OpenAI's list of embeddings into the answer of Ollama's `/api/embed`, without changing the numbers.
final class EmbeddingsAnswer {

    private final String host;
    private final Limits limits;
    private final long began;

    /// @param began when the request was sent, by `System.nanoTime`
    EmbeddingsAnswer(String host, Limits limits, long began) {
        this.host = host;
        this.limits = limits;
        this.began = began;
    }

    /// @param input   the task's input, a string or an array: there must be a vector for each text
    /// @param leftOut the fields of the task that were not sent to the host
    Slice result(byte[] body, String model, Slice input, Set<String> leftOut) throws HostFailure {
        try {
            JsonReader in = new JsonReader(body, 0, body.length, limits.depth());
            Map<String, Slice> answer = Members.of(in.raw(), "it");
            in.end();
            ErrorObject.check(answer, host, false);
            Members.expect(answer.containsKey("data"), "it has no data");
            TreeMap<Long, Slice> vectors = vectors(answer.get("data"));
            int wanted = count(input);
            Members.expect(vectors.size() == wanted, "it has " + vectors.size() + " embeddings for " + wanted
                    + " inputs");
            JsonWriter out = new JsonWriter(body.length + 256).beginObject().name("model").string(model);
            out.name("embeddings").beginArray();
            vectors.values().forEach(vector -> out.raw(vector.bytes(), vector.from(), vector.to()));
            out.endArray().name("total_duration").number(System.nanoTime() - began);
            Slice usage = answer.get("usage");
            Slice tokens = usage == null ? null : Members.of(usage, "usage").get("prompt_tokens");
            if (tokens != null) {
                out.name("prompt_eval_count").raw(tokens.bytes(), tokens.from(), tokens.to());
            }
            Notes.write(out, leftOut, List.of());
            out.endObject();
            AnswerLines.joinLines(out.buffer(), 0, out.length());
            return new Slice(out.buffer(), 0, out.length());
        } catch (JsonException | IllegalArgumentException wrong) {
            throw new HostFailure(Cause.PASSING, host + " sent an answer that is not valid in OpenAI's API: "
                    + wrong.getMessage());
        }
    }

    /// Returns the vectors in the order of their index; without one, a vector's position counts.
    private static TreeMap<Long, Slice> vectors(Slice data) {
        TreeMap<Long, Slice> vectors = new TreeMap<>();
        JsonReader in = Members.reader(data);
        in.beginArray();
        for (long place = 0; in.nextElement(); place++) {
            Map<String, Slice> item = Members.of(in.raw(), "data[]");
            Slice vector = item.get("embedding");
            Members.expect(isVector(vector), "an embedding is not an array of numbers");
            Slice index = item.get("index");
            vectors.put(index == null ? place : Long.parseLong(index.text()), vector);
        }
        return vectors;
    }

    /// Checks only the first element: the vector is as long as the model has dimensions.
    private static boolean isVector(Slice vector) {
        if (vector == null || Members.kind(vector) != Kind.ARRAY) {
            return false;
        }
        JsonReader in = Members.reader(vector);
        in.beginArray();
        return in.nextElement() && in.peek() == Kind.NUMBER;
    }

    private static int count(Slice input) {
        JsonReader in = Members.reader(input);
        if (in.peek() != Kind.ARRAY) {
            return 1;
        }
        int count = 0;
        in.beginArray();
        while (in.nextElement()) {
            in.skip();
            count++;
        }
        return count;
    }
}
