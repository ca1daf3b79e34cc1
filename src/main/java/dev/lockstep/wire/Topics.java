package dev.lockstep.wire;

import dev.lockstep.config.Settings;

/** The topics by name. In all but the dead-letter topic, an application lives in the partition of the same number. */
public record Topics(
        String commands,
        String results,
        String events,
        String releaseStatus,
        String deploymentStatus,
        String applicationStatus,
        String deadLetters) {

    /** Bytes of the largest result, event or status: all texts at their limits, with key, headers and what Kafka adds. */
    public static final int MAX_OUTPUT_RECORD_BYTES = 262_144;

    /** Lets the producer choose: for dead letters, whose topic has a partition count of its own. */
    public static final int ANY_PARTITION = -1;

    /** Whether readers of a topic need only the latest record of each key. */
    public boolean isStatus(String topic) {
        return topic.equals(releaseStatus) || topic.equals(deploymentStatus) || topic.equals(applicationStatus);
    }

    public static Topics of(Settings.TopicsConfig names) {
        return new Topics(
                names.commands(),
                names.results(),
                names.events(),
                names.releaseStatus(),
                names.deploymentStatus(),
                names.applicationStatus(),
                names.deadLetters());
    }
}
