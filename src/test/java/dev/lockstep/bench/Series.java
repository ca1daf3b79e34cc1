package dev.lockstep.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One value per round, in order. */
record Series(List<Double> values) {

    Series() {
        this(new ArrayList<>());
    }

    void add(double value) {
        values.add(value);
    }

    double median() {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** A quarter of the values are above it. */
    double upperQuartile() {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.ceil(0.75 * sorted.size()) - 1);
    }

    double min() {
        return values.isEmpty() ? Double.NaN : Collections.min(values);
    }

    double max() {
        return values.isEmpty() ? Double.NaN : Collections.max(values);
    }

    /** The ratio, round by round: what disturbs the machine for a while disturbs both. */
    Series ratioTo(Series other) {
        Series ratio = new Series();
        for (int i = 0; i < Math.min(values.size(), other.values.size()); i++) {
            ratio.add(values.get(i) / other.values.get(i));
        }
        return ratio;
    }
}
