package server.executor;

/// Takes the pieces of an answer as they come, from one thread.
public interface Pieces {

    /// Takes a piece of the answer's text.
    void text(String piece);

    /// Takes a piece of what the model thinks.
    void thinking(String piece);
}
