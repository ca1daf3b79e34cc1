package dev.lockstep.domain;

import java.util.List;
import java.util.function.Function;

/** What the rules say to a command: events to apply, or a refusal. A refusal is a value, not a fault (rule 9). */
public sealed interface Decision {

    <T> T fold(Function<Accepted, T> accepted, Function<Rejected, T> rejected);

    /**
     * @param events what happens, in the order of rule 14; empty when the command changes nothing (rule 12)
     * @param deployment the id of the deployment that the command made, or null
     */
    record Accepted(List<Event> events, String deployment) implements Decision {
        @Override
        public <T> T fold(Function<Accepted, T> accepted, Function<Rejected, T> rejected) {
            return accepted.apply(this);
        }
    }

    /**
     * @param detail what is wrong with this very command and what to do about it
     * @param lockReasons why the release is locked; empty unless the code is RELEASE_LOCKED
     * @param requiredEnvironment where the release must succeed first, or null unless the code is PROMOTION_ORDER
     * @param currentRevision the application's revision, or null unless the code is REVISION_CONFLICT
     */
    record Rejected(
            RefusalCode code,
            String detail,
            List<LockReason> lockReasons,
            String requiredEnvironment,
            Long currentRevision)
            implements Decision {
        @Override
        public <T> T fold(Function<Accepted, T> accepted, Function<Rejected, T> rejected) {
            return rejected.apply(this);
        }
    }

    Decision NOTHING_CHANGES = new Accepted(List.of(), null);

    static Decision accepted(Event... events) {
        return new Accepted(List.of(events), null);
    }

    static Rejected rejected(RefusalCode code, String detail) {
        return new Rejected(code, detail, List.of(), null, null);
    }

    static Rejected locked(Release release) {
        return new Rejected(
                RefusalCode.RELEASE_LOCKED,
                "Release '" + release.id() + "' has been deployed onward and can no longer be changed or deleted."
                        + " Create another release instead.",
                release.lockReasons(),
                null,
                null);
    }

    static Rejected promotionOrder(String release, String target, String required) {
        return new Rejected(
                RefusalCode.PROMOTION_ORDER,
                "Release '" + release + "' must succeed in '" + required + "' before it can go to '" + target
                        + "': deploy it there first.",
                List.of(),
                required,
                null);
    }

    static Rejected revisionConflict(long expected, long current) {
        return new Rejected(
                RefusalCode.REVISION_CONFLICT,
                "The application is at revision " + current + ", not " + expected
                        + ": read its state again, and decide anew under a new id.",
                List.of(),
                null,
                current);
    }
}
