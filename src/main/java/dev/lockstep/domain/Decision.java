package dev.lockstep.domain;

import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.release.Release;
import java.util.List;
import java.util.function.Function;

/** The rules' decision on a command: events to apply, or a rejection. A rejection is a value, not an exception (rule 9). */
public sealed interface Decision {

    <T> T fold(Function<Accepted, T> accepted, Function<Rejected, T> rejected);

    /**
     * @param events what happens, in the order of rule 14; empty when the command changes nothing (rule 12)
     * @param deployment the id of the deployment that the command created or is about, or null
     * @param isHeartbeat whether it is only a heartbeat of that deployment's deployer (rule 25)
     */
    record Accepted(List<Event> events, String deployment, boolean isHeartbeat) implements Decision {

        Accepted(List<Event> events, String deployment) {
            this(events, deployment, false);
        }

        @Override
        public <T> T fold(Function<Accepted, T> accepted, Function<Rejected, T> rejected) {
            return accepted.apply(this);
        }
    }

    /** @param detail what is wrong with this particular command and what to do about it */
    record Rejected(RejectionCode code, String detail, ProblemExtension extension) implements Decision {
        @Override
        public <T> T fold(Function<Accepted, T> accepted, Function<Rejected, T> rejected) {
            return rejected.apply(this);
        }
    }

    Decision NO_CHANGE = new Accepted(List.of(), null);

    static Decision accepted(Event... events) {
        return new Accepted(List.of(events), null);
    }

    static Rejected rejected(Gate.Rejected byGate) {
        return rejected(byGate.code(), byGate.detail());
    }

    static Rejected rejected(RejectionCode code, String detail) {
        return rejected(code, detail, ProblemExtension.NONE);
    }

    static Rejected rejected(RejectionCode code, String detail, ProblemExtension problemExtension) {
        return new Rejected(code, detail, problemExtension);
    }

    /**
     * @param violations what is wrong with the data, if this only shows when it is compared with the current state; at least
     * one
     */
    static Rejected invalid(List<Violation> violations) {
        return rejected(
                RejectionCode.INVALID_COMMAND,
                violations.get(0).sentence(),
                new ProblemExtension.ProblemViolations(violations));
    }

    static Rejected rejectedAsLocked(Release release) {
        return rejected(
                RejectionCode.RELEASE_LOCKED,
                "Release '" + release.id() + "' "
                        + (release.isLockedOnlyByWaiting()
                                ? "has a deployment waiting, and cannot be changed or deleted meanwhile. Cancel that deployment first."
                                : "has been deployed, and can no longer be changed or deleted. Create another release instead."),
                new ProblemExtension.LockReasons(release.lockReasons()));
    }
}
