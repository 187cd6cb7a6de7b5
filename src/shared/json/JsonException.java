package shared.json;

import shared.Problem;
import shared.TextPlace;

/// Reports a text that is not JSON, or not the JSON that was expected. The message ends with the place.
public final class JsonException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String reason;
    private final transient TextPlace place;

    JsonException(String reason, TextPlace place) {
        super(place.tell(reason), null, false, false);
        this.reason = reason;
        this.place = place;
    }

    /// Returns the same error as a mistake of the sender (400).
    public Problem problem() {
        return Problem.badRequest(reason).at(place);
    }
}
