package dev.lockstep.model;

/** What generated commands are about. */
public enum Scope {
    /** Every deployment succeeds when it is requested. */
    IMMEDIATE,
    /** Deployments are reported, queued and cancelled, and nothing depends on the time. */
    REPORTED,
    /** With everything that depends on time, and timers. */
    TIMED;

    boolean hasLives() {
        return this != IMMEDIATE;
    }

    boolean hasTime() {
        return this == TIMED;
    }
}
