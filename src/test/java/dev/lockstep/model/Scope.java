package dev.lockstep.model;

/** What generated commands are about. */
public enum Scope {
    /** Every deployment succeeds when it is asked for. */
    IMMEDIATE,
    /** Deployments are reported, queued and cancelled, and nothing depends on the time. */
    REPORTED,
    /** With all that the time brings, and timers. */
    TIMED;

    boolean hasLives() {
        return this != IMMEDIATE;
    }

    boolean hasTime() {
        return this == TIMED;
    }
}
