package dev.lockstep.failure;

import java.util.stream.Stream;

/** What a log says of a bug. */
public final class Faults {

    private static final int FRAMES = 8;

    private Faults() {}

    /** Its type and location, without the message, which may quote the record. */
    public static String describe(Throwable fault) {
        return fault.getClass().getName()
                + Stream.of(fault.getStackTrace()).limit(FRAMES).toList();
    }
}
