package shared.json;

/// Text that is not JSON, or not the JSON asked for. The message ends with the place: line, column and path.
public final class JsonException extends RuntimeException {

    private static final long serialVersionUID = 1;

    JsonException(String message) {
        super(message, null, false, false);
    }
}
