package server.order;

/// What the hosts offer a task at one moment.
///
/// @param host the host's name; null with [Fit#NONE]
/// @param rule the rule that chose it, for people and for the record; null if there is none
public record Offer(Fit fit, String host, String rule) {

    public static final Offer NONE = new Offer(Fit.NONE, null, null);
}
