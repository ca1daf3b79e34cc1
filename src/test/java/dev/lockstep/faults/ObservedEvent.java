package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import java.time.Instant;

/** The current event of an application, and what is found wrong with it. */
final class ObservedEvent {

    private final String application;
    private final Findings findings;
    private long revision;
    private Instant now;

    ObservedEvent(String application, Findings findings) {
        this.application = application;
        this.findings = findings;
    }

    void moveTo(long revision, Instant now) {
        this.revision = revision;
        this.now = now;
    }

    /** 0 before the first event. */
    long revision() {
        return revision;
    }

    Instant now() {
        return now;
    }

    void differs(String what) {
        add(Breach.DIFFERING, what);
    }

    void add(Breach breach, String what) {
        findings.add(breach, application + " at " + revision + ": " + what);
    }
}
