package dev.lockstep.bench;

import java.util.List;
import java.util.Locale;

/** A contender's own topics, consumer group and database. */
record ContenderResources(String name) {

    /** The order in which a {@link Sample} numbers them. */
    List<String> outputs() {
        return List.of(
                results(), events(), topic("release-status"), topic("deployment-status"), topic("application-status"));
    }

    String commands() {
        return topic("commands");
    }

    String results() {
        return topic("results");
    }

    String events() {
        return topic("events");
    }

    String deadLetters() {
        return topic("dead-letters");
    }

    String group() {
        return "bench." + name;
    }

    String database() {
        return "bench_" + name.replace('-', '_').toLowerCase(Locale.ROOT);
    }

    private String topic(String kind) {
        return "bench." + name + "." + kind;
    }
}
