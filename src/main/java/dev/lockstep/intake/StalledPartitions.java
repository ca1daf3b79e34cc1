package dev.lockstep.intake;

/** Knows of partitions from which nothing may be taken for now. */
@FunctionalInterface
public interface StalledPartitions {

    /** Whether something earlier of the partition has still to be published. */
    boolean isStalled(int partition);
}
