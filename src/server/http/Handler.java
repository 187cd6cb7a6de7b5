package server.http;

import java.io.IOException;

/// Answers one kind of request. [Boundary] turns what it throws into an error answer.
public interface Handler {

    /// Answers a request.
    Answer handle(WebRequest request) throws IOException, InterruptedException;
}
