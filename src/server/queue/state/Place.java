package server.queue.state;

/// Where a task is to run.
///
/// @param host the host's name
/// @param rule the rule that chose the host, for people and for the record; null if there is none
public record Place(String host, String rule) {

    public static Place at(String host) {
        return new Place(host, null);
    }
}
