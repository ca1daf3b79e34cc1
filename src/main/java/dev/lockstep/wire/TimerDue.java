package dev.lockstep.wire;

/** What the worker sends itself when something is due in an application (contract, section 3). */
public final class TimerDue {

    /** The CloudEvents {@code type}. */
    public static final String TYPE = "dev.lockstep.timer.due.v1";

    private TimerDue() {}
}
