package server.task;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import shared.Problem;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// A chat's messages, and the fields beside them that become part of them: `system` becomes the first message, `prompt`
/// the last user message. `images` go with the prompt or, without one, with the last user message.
final class ChatTurns {

    private final JsonReader json;

    /// The array with its brackets; null for none.
    private Slice all;
    private Slice lastUser;
    /// The value of that message's `images`; null if it has none.
    private Slice lastUserImages;
    /// The last user message's text; if there is no user message, the last message's.
    private Slice lastText;

    ChatTurns(JsonReader json) {
        this.json = json;
    }

    /// Returns the text whose beginning is the chat's preview; null if there is none.
    Slice lastText() {
        return lastText;
    }

    /// Reads the array that comes next; returns it with its brackets.
    Slice read() {
        int from = json.position();
        json.beginArray();
        while (json.nextElement()) {
            readMessage();
        }
        all = json.since(from);
        return all;
    }

    private void readMessage() {
        int from = json.position();
        boolean user = false;
        Slice images = null;
        Slice text = null;
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "role" -> user = json.string().equals("user");
                case "content" -> {
                    boolean isText = json.peek() == Kind.STRING;
                    Slice content = json.raw();
                    text = isText ? content : null;
                }
                case "images" -> images = json.raw();
                default -> json.skip();
            }
        }
        if (user || lastUser == null) {
            lastText = text;
        }
        if (user) {
            lastUser = json.since(from);
            lastUserImages = images;
        }
    }

    /// Writes the complete array of messages; each of the three parameters is null if there is none.
    void write(JsonWriter out, Slice system, Slice prompt, Slice images) {
        out.beginArray();
        if (system != null) {
            out.beginObject().name("role").string("system");
            out.name("content").raw(system).endObject();
        }
        if (all != null && !Values.isEmpty(all)) {
            if (images == null || prompt != null) {
                out.raw(all.bytes(), all.from() + 1, all.to() - 1);
            } else {
                out.raw(withImages(images));
            }
        }
        if (prompt != null) {
            out.beginObject().name("role").string("user");
            out.name("content").raw(prompt);
            if (images != null) {
                out.name("images").raw(images);
            }
            out.endObject();
        }
        out.endArray();
    }

    /// Returns the messages without their brackets, with the images in the last user message: in place of its null, or
    /// inserted before its closing brace. (The comma is right: that message has at least one member, its role.)
    private byte[] withImages(Slice images) {
        if (lastUser == null) {
            throw Problem.badRequest("images need a prompt or a user message to go with");
        }
        if (!Values.isNull(lastUserImages)) {
            throw Problem.badRequest("images are given both in the last user message and at the top level");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(all.length() + images.length() + 16);
        boolean inserted = lastUserImages == null;
        int from = inserted ? lastUser.to() - 1 : lastUserImages.from();
        int to = inserted ? from : lastUserImages.to();
        out.write(all.bytes(), all.from() + 1, from - all.from() - 1);
        if (inserted) {
            out.writeBytes(",\"images\":".getBytes(StandardCharsets.US_ASCII));
        }
        out.write(images.bytes(), images.from(), images.length());
        out.write(all.bytes(), to, all.to() - 1 - to);
        return out.toByteArray();
    }
}
