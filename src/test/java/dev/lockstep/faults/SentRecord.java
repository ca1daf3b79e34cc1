package dev.lockstep.faults;

import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;

/** What a record of the load stands for, identified by {@link #HEADER}. */
sealed interface SentRecord {

    /** A header that the worker does not know and does not touch. */
    String HEADER = "sending";

    /** A record with a readable envelope. */
    record Command(SentCommand sent) implements SentRecord {}

    /** A record that is not a command at all. */
    record Unreadable(String why, Wire.Raw raw) implements SentRecord {}

    /** A timer that the worker did not make: it may cause nothing except what is due. */
    record Forged(SentCommand sent) implements SentRecord {}

    /** A command in a transaction that was never committed. */
    record Aborted() implements SentRecord {}
}
