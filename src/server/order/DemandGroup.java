package server.order;

/// The tasks of one demand in a level, of all clients, and the hosts' last offer for them.
final class DemandGroup {

    final Demand demand;
    final boolean oneByOne;
    /// The model without `:latest`.
    final String warmModel;
    /// The number of lanes of this kind.
    int lanes;
    /// The choice in which the hosts were last asked.
    long asked;
    Offer offer;

    DemandGroup(Demand demand) {
        this.demand = demand;
        oneByOne = demand.oneByOne();
        warmModel = RunnerKey.plain(demand.model());
    }
}
