package server.executor.relay;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Replaces the model in the body of a call.
public final class ModelName {

    private ModelName() {
    }

    /// Returns the body with another model name, also if the member is `Model`, as Ollama accepts it; every other byte
    /// is unchanged.
    ///
    /// @param body a JSON object
    public static Slice replaced(Slice body, String name) {
        byte[] value = new JsonWriter().string(name).toString().getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length() + value.length);
        int copied = body.from();
        JsonReader in = JsonReader.ofOwn(body);
        in.beginObject();
        for (String member = in.nextName(); member != null; member = in.nextName()) {
            Slice old = in.raw();
            if (member.equalsIgnoreCase("model")) {
                out.write(body.bytes(), copied, old.from() - copied);
                out.writeBytes(value);
                copied = old.to();
            }
        }
        out.write(body.bytes(), copied, body.to() - copied);
        return Slice.of(out.toByteArray());
    }
}
