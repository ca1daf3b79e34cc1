package dev.lockstep.intake;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The portions in flight: one at most is being applied in each lane, and others behind it are being published. */
final class LaneOccupancy {

    private final Portion[] applying;
    private final Set<Portion> inFlight = Collections.newSetFromMap(new IdentityHashMap<>());

    LaneOccupancy(int count) {
        applying = new Portion[count];
    }

    /** A lane in which nothing is being applied, or -1. */
    int free() {
        return Arrays.asList(applying).indexOf(null);
    }

    Portion begin(Portion portion) {
        applying[portion.lane()] = portion;
        inFlight.add(portion);
        return portion;
    }

    /** The lane goes on with less than it began with. */
    Portion replace(Portion before, Portion after) {
        inFlight.remove(before);
        return begin(after);
    }

    void applied(Portion portion) {
        applying[portion.lane()] = null;
    }

    void published(Portion portion) {
        inFlight.remove(portion);
    }

    Stream<Portion> applying() {
        return Stream.of(applying).filter(Objects::nonNull);
    }

    boolean areAt(int partition) {
        return applying().anyMatch(portion -> portion.partitions().contains(partition));
    }

    /** Those that are being applied or published. */
    Stream<Portion> inFlight() {
        return inFlight.stream();
    }
}
