package dev.lockstep.domain;

import dev.lockstep.domain.common.Violation;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.release.LockReason;
import java.util.List;

/** Machine-readable data of a rejection, so that a program can act on it (contract, section 4). */
public sealed interface ProblemExtension {

    ProblemExtension NONE = new None();

    <T> T accept(Visitor<T> visitor);

    /** A method for each kind, so that the compiler finds every place that must render a new one. */
    interface Visitor<T> {
        T none();

        T violations(List<Violation> violations);

        T lockReasons(List<LockReason> reasons);

        T currentRevision(long revision);

        T requiredEnvironments(RequiredEnvironments required);

        T environments(List<String> environments);

        T currentEnvironments(List<String> environments);

        T conflictingDeployment(String id);

        T endedDeployment(Deployment.EndedSummary deployment);

        T blockedBy(List<Blocker> blockers);
    }

    record None() implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.none();
        }
    }

    /** What is wrong with the data, if this only shows when it is compared with the current state. */
    record ProblemViolations(List<Violation> violations) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.violations(violations);
        }
    }

    /** Why the release is locked. */
    record LockReasons(List<LockReason> reasons) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.lockReasons(reasons);
        }
    }

    /** The revision of something that the caller expected to be at another revision. */
    record CurrentRevision(long revision) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.currentRevision(revision);
        }
    }

    /**
     * @param environment where the release must succeed now
     * @param environments those directly before the target in which it never succeeded
     */
    record RequiredEnvironments(String environment, List<String> environments) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.requiredEnvironments(this);
        }
    }

    /** The environments to which a path is open, or in which something runs. */
    record Environments(List<String> ids) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.environments(ids);
        }
    }

    /** The environments in which the release is current. */
    record CurrentEnvironments(List<String> ids) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.currentEnvironments(ids);
        }
    }

    /** The deployment that is in the way. */
    record ConflictingDeployment(String deployment) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.conflictingDeployment(deployment);
        }
    }

    /** How the deployment ended. */
    record EndedDeployment(Deployment.EndedSummary deployment) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.endedDeployment(deployment);
        }
    }

    /** What a deployment would have to wait for. */
    record BlockedBy(List<Blocker> blockers) implements ProblemExtension {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.blockedBy(blockers);
        }
    }
}
