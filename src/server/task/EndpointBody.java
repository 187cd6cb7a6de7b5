package server.task;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import shared.Problem;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The payload of a submission that names its `endpoint`: the whole body for that path, which the host validates. The
/// only bodies refused here are those that ask for no answer, or for a stream that nobody would read.
final class EndpointBody {

    private final Slice body;
    private final RelayBody asked;

    /// @param body an object
    /// @throws Problem 400 if it asks for no answer, or for a stream from an API whose streams cannot be stored as a
    ///         result
    EndpointBody(ApiPath endpoint, Slice body) {
        this.body = body;
        asked = RelayBody.read(endpoint, body);
        if (asked.isLoad()) {
            throw Problem.badRequest("payload of " + endpoint.path + " needs "
                    + (endpoint == ApiPath.CHAT ? "messages" : "a prompt"));
        }
        if (asked.streams() && !endpoint.ollamas()) {
            throw Problem.badRequest("payload.stream must be false or left out: nobody reads the stream of a task that "
                    + "is submitted");
        }
    }

    /// Returns the model that the body names; null if it names none.
    String model() {
        String model = asked.model();
        if (model != null && (model.isBlank() || model.length() > SubmissionReader.MODEL_LENGTH_MAX)) {
            throw Problem.badRequest("payload.model must be a name of at most " + SubmissionReader.MODEL_LENGTH_MAX
                    + " characters; to take the default, leave it out");
        }
        return model;
    }

    /// See [Terms#runner].
    RunnerOptions runner() {
        return asked.runner();
    }

    String preview() {
        return asked.preview();
    }

    /// Returns what the host must be told beside the body: see [Submission].
    Slice head() {
        JsonWriter out = new JsonWriter(32).beginObject().name("stream").bool(asked.streams()).endObject();
        return new Slice(out.buffer(), 0, out.length());
    }

    /// Returns the body with a model. If it names one, not a byte changes; otherwise the name is inserted.
    ///
    /// @throws Problem 400 if its `model` is not a string
    Slice withModel(String name) {
        if (asked.model() != null) {
            return body;
        }
        int from = body.from() + 1;
        int to = from;
        boolean others = false;
        JsonReader in = JsonReader.ofOwn(body);
        in.beginObject();
        for (String member = in.nextName(); member != null; member = in.nextName()) {
            if (member.equalsIgnoreCase("model")) {
                if (in.peek() != Kind.NULL) {
                    throw Problem.badRequest("payload.model must be a string");
                }
                Slice value = in.raw();
                from = value.from();
                to = value.to();
            } else {
                in.skip();
            }
            others = true;
        }
        String quoted = new JsonWriter().string(name).toString();
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length() + quoted.length() + 16);
        out.write(body.bytes(), body.from(), from - body.from());
        out.writeBytes((from < to ? quoted : "\"model\":" + quoted + (others ? "," : ""))
                .getBytes(StandardCharsets.UTF_8));
        out.write(body.bytes(), to, body.to() - to);
        return Slice.of(out.toByteArray());
    }
}
