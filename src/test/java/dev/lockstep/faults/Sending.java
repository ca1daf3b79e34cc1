package dev.lockstep.faults;

import dev.lockstep.model.Sent;
import dev.lockstep.model.Wire;

/** What lies behind a record of the load, found again by {@link #HEADER}. */
sealed interface Sending {

    /** A header that the worker does not know, and leaves alone. */
    String HEADER = "sending";

    /** A record with a readable envelope. */
    record Command(Sent sent) implements Sending {}

    /** A record that is no command at all. */
    record Unreadable(String why, Wire.Raw raw) implements Sending {}

    /** A timer that the worker did not make: nothing may come of it but what is due. */
    record Forged(Sent sent) implements Sending {}

    /** A command in a transaction that was never committed. */
    record Aborted() implements Sending {}
}
