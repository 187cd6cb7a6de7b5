package bench;

/// A subject of measurement, which makes one or more rows.
interface Subject {

    /// How many runs a figure is made of.
    int RUNS = 5;

    void run(Work work, Table table) throws Exception;
}
