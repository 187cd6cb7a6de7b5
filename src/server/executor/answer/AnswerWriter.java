package server.executor.answer;

import java.time.InstantSource;

import shared.json.Slice;

/// Writes an answer in the form of a caller's API, from what a host gave in Ollama's form: a stream's pieces while they
/// arrive and its end, or a whole answer.
public sealed interface AnswerWriter permits OllamaWriter, OpenAiWriter {

    /// Returns the writer for a call.
    ///
    /// @param path  the path of a call of Ollama's API, or of OpenAI's completions or embeddings
    /// @param model the model as the caller names it
    /// @param body  the call's body, a JSON object
    /// @param clock gives the times of pieces
    static AnswerWriter of(String path, String model, Slice body, InstantSource clock) {
        return path.startsWith("/api/") ? new OllamaWriter(path, model, clock)
                : new OpenAiWriter(path, model, body, clock);
    }

    /// Returns the content type of a stream or of a whole answer.
    String contentType(boolean streams);

    /// Writes a stream's next piece, of text or of thinking; returns no bytes if the API has no place for it.
    byte[] piece(String text, boolean isThinking);

    /// Writes what follows a stream's pieces, beginning with the result's text and thinking if none of their pieces was
    /// written.
    ///
    /// @param result  the task's result
    /// @param thought whether a piece of thinking was written
    /// @param spoke   whether a piece of text was written
    /// @throws shared.json.JsonException if the result is not an object
    /// @throws IllegalArgumentException  if the result is not in Ollama's form
    byte[] end(Slice result, boolean thought, boolean spoke);

    /// Writes a whole answer.
    ///
    /// @param result as for [#end]
    byte[] whole(Slice result);
}
