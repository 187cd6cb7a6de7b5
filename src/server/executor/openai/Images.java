package server.executor.openai;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import server.executor.answer.Members;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Images in OpenAI's form: parts of a content, each a `data:` URL with the image's type. Ollama's bare base64 does not
/// name the type, but its first characters reveal it.
final class Images {

    /// The beginning of each type of image in base64.
    private static final Map<String, String> TYPES = Map.of("iVBORw0KGgo", "png", "/9j/", "jpeg", "R0lGOD", "gif",
            "UklGR", "webp", "Qk", "bmp");

    private static final int HEAD = 64;

    private Images() {
    }

    /// Writes a content with one text and these images.
    ///
    /// @param text   a JSON string; null for none
    /// @param images a JSON array of strings
    static void write(JsonWriter out, Slice text, Slice images, String where) {
        out.beginArray();
        if (text != null) {
            out.beginObject().name("type").string("text")
                    .name("text").raw(text.bytes(), text.from(), text.to()).endObject();
        }
        JsonReader in = Members.reader(images);
        in.beginArray();
        for (int i = 0; in.nextElement(); i++) {
            String place = where + "[" + i + "]";
            Members.expect(in.peek() == JsonReader.Kind.STRING, place + " must be a string");
            out.beginObject().name("type").string("image_url")
                    .name("image_url").beginObject().name("url").raw(url(in.raw(), place)).endObject().endObject();
        }
        out.endArray();
    }

    static boolean any(Slice images, String where) {
        if (images == null) {
            return false;
        }
        JsonReader in = Members.reader(images);
        Members.expect(in.peek() == JsonReader.Kind.ARRAY, where + " must be an array of base64 strings");
        in.beginArray();
        return in.nextElement();
    }

    /// @param image a JSON string with its quotes; its base64 is copied unchanged
    private static byte[] url(Slice image, String where) {
        String head = new String(image.bytes(), image.from() + 1, Math.min(HEAD, image.length() - 2),
                StandardCharsets.ISO_8859_1).replace("\\", "");
        String begin = head.startsWith("data:image/") ? "" : "data:image/" + type(head, where) + ";base64,";
        byte[] prefix = ("\"" + begin).getBytes(StandardCharsets.US_ASCII);
        byte[] url = new byte[prefix.length + image.length() - 1];
        System.arraycopy(prefix, 0, url, 0, prefix.length);
        System.arraycopy(image.bytes(), image.from() + 1, url, prefix.length, image.length() - 1);
        return url;
    }

    private static String type(String head, String where) {
        return TYPES.entrySet().stream().filter(type -> head.startsWith(type.getKey())).map(Map.Entry::getValue)
                .findFirst().orElseThrow(() -> new IllegalArgumentException(
                        where + " must be the base64 of a PNG, JPEG, GIF, WebP or BMP image"));
    }
}
