package dev.lockstep.domain;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Release;
import java.util.List;

/** What happened to an application, in the past tense; each takes one revision. */
public sealed interface Event {

    <T> T accept(Visitor<T> visitor);

    /** Has a method for each kind, so that code that handles events does not compile until it handles a new one. */
    interface Visitor<T> {

        T environmentCreated(EnvironmentCreated event);

        T environmentModified(EnvironmentModified event);

        T environmentDeleted(EnvironmentDeleted event);

        T applicationUpdated(ApplicationUpdated event);

        T applicationArchived(ApplicationArchived event);

        T applicationUnarchived(ApplicationUnarchived event);

        T releaseCreated(ReleaseCreated event);

        T releaseUpdated(ReleaseUpdated event);

        T releaseAnnotated(ReleaseAnnotated event);

        T releaseDeleted(ReleaseDeleted event);

        T releaseArchived(ReleaseArchived event);

        T releaseUnarchived(ReleaseUnarchived event);

        T releaseLocked(ReleaseLocked event);

        T releaseUnlocked(ReleaseUnlocked event);

        T deploymentQueued(DeploymentQueued event);

        T deploymentWaiting(DeploymentWaiting event);

        T deploymentStarted(DeploymentStarted event);

        T deploymentUpdated(DeploymentUpdated event);

        T deploymentCancelRequested(DeploymentCancelRequested event);

        T deploymentFinished(DeploymentFinished event);

        T serviceDeployed(ServiceDeployed event);

        T serviceRedeployed(ServiceRedeployed event);

        T serviceRemoved(ServiceRemoved event);
    }

    /** @param position the place in the pipeline, from 0 */
    record EnvironmentCreated(Stage stage, int position) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.environmentCreated(this);
        }
    }

    /** Anything about it changed: its position, or its definition. */
    record EnvironmentModified(Stage stage, int position) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.environmentModified(this);
        }
    }

    record EnvironmentDeleted(Stage stage) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.environmentDeleted(this);
        }
    }

    /**
     * Its profile, or which releases it keeps unarchived, changed.
     *
     * @param profile the profile from now on
     * @param keep the keep policy from now on; null for none
     */
    record ApplicationUpdated(Profile profile, KeepPolicy keep) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.applicationUpdated(this);
        }
    }

    /** Rule 16: its releases and environments are archived with it. */
    record ApplicationArchived() implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.applicationArchived(this);
        }
    }

    /** Rule 16: all come back except those archived individually. */
    record ApplicationUnarchived() implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.applicationUnarchived(this);
        }
    }

    /** @param release the release as created */
    record ReleaseCreated(Release release) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseCreated(this);
        }
    }

    /** @param release as it is from now on */
    record ReleaseUpdated(Release release) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseUpdated(this);
        }
    }

    /** @param release as it is from now on */
    record ReleaseAnnotated(Release release) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseAnnotated(this);
        }
    }

    /** @param release as it is from now on */
    record ReleaseArchived(Release release) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseArchived(this);
        }
    }

    /** @param release as it is from now on */
    record ReleaseUnarchived(Release release) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseUnarchived(this);
        }
    }

    /** @param release the release as it last was */
    record ReleaseDeleted(Release release) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseDeleted(this);
        }
    }

    /** The release went from no lock reason to some (rule 4). */
    record ReleaseLocked(Release release, Deployment deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseLocked(this);
        }
    }

    /** The release went from some lock reason to none (rule 4). */
    record ReleaseUnlocked(Release release, Deployment deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseUnlocked(this);
        }
    }

    /** A deployment was requested and does not start at once. */
    record DeploymentQueued(Release release, Deployment.Waiting deployment, List<Blocker> blockedBy) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.deploymentQueued(this);
        }
    }

    /** A deployment continues to wait, for other reasons. */
    record DeploymentWaiting(Release release, Deployment.Waiting deployment, List<Blocker> blockedBy) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.deploymentWaiting(this);
        }
    }

    /** Only for one that had waited, or that awaits reports: any other has just its service event. */
    record DeploymentStarted(Release release, Deployment.InProgress deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.deploymentStarted(this);
        }
    }

    /** The deployer reported a different URL or message. */
    record DeploymentUpdated(Release release, Deployment.InProgress deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.deploymentUpdated(this);
        }
    }

    /** The deployer is asked to stop. */
    record DeploymentCancelRequested(Release release, Deployment.InProgress deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.deploymentCancelRequested(this);
        }
    }

    /** A deployment that had waited, or that awaited reports, ended. */
    record DeploymentFinished(Release release, Deployment.Ended deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.deploymentFinished(this);
        }
    }

    /** A deployment succeeded. */
    record ServiceDeployed(Release release, Deployment.Ended deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.serviceDeployed(this);
        }
    }

    /** What runs in an environment was deployed there again (rule 15). */
    record ServiceRedeployed(Release release, Deployment.Ended deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.serviceRedeployed(this);
        }
    }

    /**
     * An environment was emptied (rule 7).
     *
     * @param release what ran there
     * @param deployment the deployment that emptied it, or null
     */
    record ServiceRemoved(Release release, String environment, Deployment.Ended deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.serviceRemoved(this);
        }
    }
}
