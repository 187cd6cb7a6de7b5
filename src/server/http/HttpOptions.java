package server.http;

import java.time.Duration;
import java.util.Set;

import shared.json.JsonReader;

/// Where the server listens, and its limits.
///
/// @param host           the address or name to bind
/// @param port           0 takes a free one
/// @param allowedHosts   names that a `Host` may have besides those that always pass, lower case
/// @param taskBytesMax   the body of one submit, and one task of a batch
/// @param batchBytesMax  the body of a batch
/// @param batchTasksMax  the tasks of a batch
/// @param bodiesBytesMax all bodies in memory together; beyond it 503
/// @param smallBytesMax  the body of a request that carries no task
/// @param headerBytesMax a request's headers (names, values, and 32 a field)
/// @param jsonDepthMax   how deep the JSON of a body may nest
/// @param requestTimeMax until a request, with its body, must have come
/// @param connectionsMax beyond it new connections are closed; of six at most five may be long-polls
/// @param streamsMax     event streams at the same time; beyond it 503
/// @param listMax        the tasks in one array of a listing; NDJSON has no such limit
/// @param waitMax        the longest long-poll
/// @param pingEvery      how often an idle event stream gives a sign of life
public record HttpOptions(String host, int port, Set<String> allowedHosts, int taskBytesMax, int batchBytesMax,
        int batchTasksMax, long bodiesBytesMax, int smallBytesMax, int headerBytesMax, int jsonDepthMax,
        Duration requestTimeMax, int connectionsMax, int streamsMax, int listMax, Duration waitMax,
        Duration pingEvery) {

    public static final HttpOptions DEFAULT = new HttpOptions("localhost", 8080, Set.of(), 16 << 20, 64 << 20,
            100_000, Runtime.getRuntime().maxMemory() / 4, 64 << 10, 64 << 10, JsonReader.DEPTH_MAX,
            Duration.ofSeconds(120), 12_000, 1_000, 1_000, Duration.ofMinutes(10), Duration.ofSeconds(15));

    public HttpOptions at(String newHost, int newPort, Set<String> newAllowedHosts) {
        return new HttpOptions(newHost, newPort, newAllowedHosts, taskBytesMax, batchBytesMax, batchTasksMax,
                bodiesBytesMax, smallBytesMax, headerBytesMax, jsonDepthMax, requestTimeMax, connectionsMax, streamsMax,
                listMax, waitMax, pingEvery);
    }
}
