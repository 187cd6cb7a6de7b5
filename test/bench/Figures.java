package bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The figures of several runs of one subject.
final class Figures {

    private final List<Double> all = new ArrayList<>();

    static Figures of(double... values) {
        Figures figures = new Figures();
        Arrays.stream(values).forEach(figures::add);
        return figures;
    }

    void add(double value) {
        all.add(value);
    }

    int count() {
        return all.size();
    }

    double min() {
        return sorted()[0];
    }

    double max() {
        return sorted()[all.size() - 1];
    }

    double median() {
        double[] sorted = sorted();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// Run by run, because what disturbs a run disturbs its neighbour, too.
    Figures dividedBy(Figures floor) {
        Figures ratios = new Figures();
        for (int i = 0; i < all.size(); i++) {
            ratios.add(all.get(i) / floor.all.get(i));
        }
        return ratios;
    }

    Figures minus(Figures floor) {
        Figures differences = new Figures();
        for (int i = 0; i < all.size(); i++) {
            differences.add(all.get(i) - floor.all.get(i));
        }
        return differences;
    }

    private double[] sorted() {
        return all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }
}
