package server.executor;

/// Takes the pieces of an answer as they come, from one thread.
public interface Pieces {

    void text(String piece);

    void thinking(String piece);
}
