package dev.lockstep.domain;

/** What happened to an application, in the past tense; each takes one revision. */
public sealed interface Event {

    <T> T accept(Visitor<T> visitor);

    /** Has a method for each kind, so that whoever handles events does not compile without handling a new one. */
    interface Visitor<T> {

        T environmentCreated(EnvironmentCreated event);

        T environmentModified(EnvironmentModified event);

        T environmentDeleted(EnvironmentDeleted event);

        T releaseCreated(ReleaseCreated event);

        T releaseUpdated(ReleaseUpdated event);

        T releaseDeleted(ReleaseDeleted event);

        T releaseLocked(ReleaseLocked event);

        T serviceDeployed(ServiceDeployed event);

        T serviceRemoved(ServiceRemoved event);
    }

    /** @param position the place in the pipeline, from 0 */
    record EnvironmentCreated(Stage stage, int position) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.environmentCreated(this);
        }
    }

    /** The tier or the place changed. */
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

    /** @param release as it came into being */
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

    /** @param release as it was last */
    record ReleaseDeleted(Release release) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseDeleted(this);
        }
    }

    /** The release went from no lock reason to some (rule 4). */
    record ReleaseLocked(Release release, Deployment.Ended deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.releaseLocked(this);
        }
    }

    /** A deployment succeeded. */
    record ServiceDeployed(Release release, Deployment.Ended deployment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.serviceDeployed(this);
        }
    }

    /**
     * An environment was emptied (rule 7).
     *
     * @param release what ran there
     */
    record ServiceRemoved(Release release, String environment) implements Event {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.serviceRemoved(this);
        }
    }
}
