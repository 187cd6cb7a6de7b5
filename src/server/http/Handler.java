package server.http;

import java.io.IOException;

/// Answers one kind of request. What it throws, the [Boundary] turns into an error's answer.
public interface Handler {

    /// Answers a request.
    Answer handle(WebRequest request) throws IOException, InterruptedException;
}
