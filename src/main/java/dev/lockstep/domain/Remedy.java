package dev.lockstep.domain;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.release.LockReason;
import java.util.List;

/** What a refusal tells a caller beside words, so that a program can act on it (contract, section 4). */
public sealed interface Remedy {

    Remedy NONE = new None();

    <T> T accept(Visitor<T> visitor);

    /** One for each kind: whoever adds one is told where it must be rendered. */
    interface Visitor<T> {
        T none();

        T violations(List<Violation> violations);

        T lockReasons(List<LockReason> reasons);

        T currentRevision(long revision);

        T required(Required required);

        T environments(List<String> environments);

        T currentEnvironments(List<String> environments);

        T deployment(String id);

        T past(Deployment.Past deployment);

        T blockedBy(List<Blocker> blockers);
    }

    /** Where something stands in a CloudEvent, as a JSON pointer (RFC 6901), and what is wrong with it. */
    record Violation(String pointer, String message) {}

    record None() implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.none();
        }
    }

    /** What is wrong with the data, if that only shows when it is compared with the current state. */
    record Violations(List<Violation> violations) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.violations(violations);
        }
    }

    /** Why the release is locked. */
    record Locked(List<LockReason> reasons) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.lockReasons(reasons);
        }
    }

    /** The revision of what the caller expected to be at another one. */
    record CurrentRevision(long revision) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.currentRevision(revision);
        }
    }

    /**
     * @param environment where the release must succeed now
     * @param environments those directly before the target in which it never succeeded
     */
    record Required(String environment, List<String> environments) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.required(this);
        }
    }

    /** To which a way is open, or in which something runs. */
    record Environments(List<String> ids) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.environments(ids);
        }
    }

    /** In which the release is current. */
    record CurrentEnvironments(List<String> ids) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.currentEnvironments(ids);
        }
    }

    /** The deployment that is in the way. */
    record InTheWay(String deployment) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.deployment(deployment);
        }
    }

    /** How the deployment ended. */
    record Ended(Deployment.Past deployment) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.past(deployment);
        }
    }

    /** What a deployment would have to wait for. */
    record BlockedBy(List<Blocker> blockers) implements Remedy {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.blockedBy(blockers);
        }
    }
}
