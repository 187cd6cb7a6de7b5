package server.executor.answer;

import java.time.InstantSource;

import shared.json.Slice;

/// Writes an answer for a caller of one API, from what a host gave in Ollama's form: a stream's pieces as they come
/// and what follows them, or a whole answer.
public sealed interface AnswerWriter permits OllamaWriter, OpenAiWriter {

    /// Returns the writer for a call.
    ///
    /// @param path  a call's of Ollama's API, or one for OpenAI's completions or embeddings
    /// @param model as the caller names it
    /// @param body  of the call, a JSON object
    /// @param clock tells when a piece is written
    static AnswerWriter of(String path, String model, Slice body, InstantSource clock) {
        return path.startsWith("/api/") ? new OllamaWriter(path, model, clock)
                : new OpenAiWriter(path, model, body, clock);
    }

    /// Returns the content type of a stream or of a whole answer.
    String contentType(boolean streams);

    /// Writes a stream's next piece of text or of thinking; empty if the API has no place for it.
    byte[] piece(String text, boolean isThinking);

    /// Writes what follows a stream's pieces. It begins with the result's texts where no piece had any of them.
    ///
    /// @param result  of the task
    /// @param thought whether a piece of thinking was written
    /// @param spoke   whether a piece of text was written
    /// @throws shared.json.JsonException if the result is no object
    /// @throws IllegalArgumentException  if the result is not in Ollama's form
    byte[] end(Slice result, boolean thought, boolean spoke);

    /// Writes a whole answer.
    ///
    /// @param result as [#end] takes it
    byte[] whole(Slice result);
}
