package dev.lockstep.intake;

/** Knows the partitions from which nothing may be taken for now. */
@FunctionalInterface
public interface StalledPartitions {

    /** Whether something earlier from the partition has yet to be published. */
    boolean isStalled(int partition);
}
