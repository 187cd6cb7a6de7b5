package server.executor;

/// Receives the pieces of an answer as they arrive, from one thread.
public interface Pieces {

    /// Receives a piece of the answer's text.
    void text(String piece);

    /// Receives a piece of the model's thinking.
    void thinking(String piece);
}
