package server.order;

/// The tasks of one demand in a level, whoever they are of, with what the hosts offered them last.
final class DemandGroup {

    final Demand demand;
    final boolean oneByOne;
    /// The model without `:latest`.
    final String warmModel;
    /// How many lanes are of this kind.
    int lanes;
    /// The choice in which the hosts were asked last.
    long asked;
    Offer offer;

    DemandGroup(Demand demand) {
        this.demand = demand;
        oneByOne = demand.oneByOne();
        warmModel = RunnerKey.plain(demand.model());
    }
}
