package dev.lockstep.model;

import java.util.List;

/** One environment of a pipeline; {@code tier} may be null. */
public record Stop(String id, String tier) {

    /** The pipeline of an application that came into being without one of its own (rule 1). */
    public static final List<Stop> DEFAULT_PIPELINE = List.of(
            new Stop("development", "development"),
            new Stop("staging", "staging"),
            new Stop("production", "production"));
}
