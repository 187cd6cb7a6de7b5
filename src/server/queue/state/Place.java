package server.queue.state;

/// Where a task is to run.
///
/// @param host the host's name
/// @param rule why there, for people and for the record; null if nobody says
public record Place(String host, String rule) {

    public static Place at(String host) {
        return new Place(host, null);
    }
}
