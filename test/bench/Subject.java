package bench;

/// One thing that is measured: makes one row or several.
interface Subject {

    /// How many runs a figure is made of.
    int RUNS = 5;

    void run(Work work, Table table) throws Exception;
}
