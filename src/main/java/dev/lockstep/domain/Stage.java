package dev.lockstep.domain;

import java.util.List;

/**
 * One stop of a pipeline.
 *
 * @param id a lower-case DNS label
 * @param tier {@code development}, {@code testing}, {@code staging} or {@code production}, or null
 */
public record Stage(String id, String tier) {

    /** The pipeline of an application that never defined its own (contract, section 1). */
    public static final List<Stage> DEFAULT_PIPELINE = List.of(
            new Stage("development", "development"),
            new Stage("staging", "staging"),
            new Stage("production", "production"));
}
