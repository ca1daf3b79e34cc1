package dev.lockstep.intake;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The batches in flight: at most one is being applied in each lane, while earlier ones are being published. */
final class InFlightBatches {

    private final InFlightBatch[] applying;
    private final Set<InFlightBatch> inFlight = Collections.newSetFromMap(new IdentityHashMap<>());

    InFlightBatches(int count) {
        applying = new InFlightBatch[count];
    }

    /** Returns a lane in which nothing is being applied, or -1. */
    int freeLane() {
        return Arrays.asList(applying).indexOf(null);
    }

    InFlightBatch begin(InFlightBatch batch) {
        applying[batch.lane()] = batch;
        inFlight.add(batch);
        return batch;
    }

    /** The lane continues with a smaller batch than it began with. */
    InFlightBatch replace(InFlightBatch before, InFlightBatch after) {
        inFlight.remove(before);
        return begin(after);
    }

    void markApplied(InFlightBatch batch) {
        applying[batch.lane()] = null;
    }

    void markPublished(InFlightBatch batch) {
        inFlight.remove(batch);
    }

    Stream<InFlightBatch> applying() {
        return Stream.of(applying).filter(Objects::nonNull);
    }

    boolean isApplying(int partition) {
        return applying().anyMatch(batch -> batch.partitions().contains(partition));
    }

    /** The batches that are being applied or published. */
    Stream<InFlightBatch> all() {
        return inFlight.stream();
    }
}
