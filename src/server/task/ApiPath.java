package server.task;

import java.util.ArrayList;
import java.util.List;

import shared.Nearest;
import shared.Problem;
import shared.TaskType;

/// The API paths of hosts whose calls become tasks.
public enum ApiPath {
    CHAT("/api/chat", TaskType.CHAT),
    GENERATE("/api/generate", TaskType.GENERATE),
    EMBED("/api/embed", TaskType.EMBED),
    /// Ollama's older form of [#EMBED].
    EMBEDDINGS("/api/embeddings", TaskType.EMBED),
    V1_CHAT("/v1/chat/completions", TaskType.CHAT),
    V1_COMPLETIONS("/v1/completions", TaskType.GENERATE),
    V1_EMBEDDINGS("/v1/embeddings", TaskType.EMBED),
    V1_RESPONSES("/v1/responses", TaskType.CHAT),
    V1_MESSAGES("/v1/messages", TaskType.CHAT);

    public final String path;
    public final TaskType type;

    ApiPath(String path, TaskType type) {
        this.path = path;
        this.type = type;
    }

    /// Returns the endpoint at a path.
    ///
    /// @throws Problem 400 that lists the endpoints if none has this path
    public static ApiPath parse(String path) {
        List<String> known = new ArrayList<>();
        for (ApiPath endpoint : values()) {
            if (endpoint.path.equals(path)) {
                return endpoint;
            }
            known.add(endpoint.path);
        }
        throw Problem.badRequest("endpoint must be one of " + String.join(", ", known) + ", not \""
                + Problem.shown(path) + "\"" + Nearest.hint(path, known));
    }

    /// Returns whether the path belongs to Ollama's own API.
    public boolean ollamas() {
        return path.startsWith("/api/");
    }
}
