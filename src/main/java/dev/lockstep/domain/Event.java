package dev.lockstep.domain;

/** What happened to an application, in the past tense; each takes one revision. */
public sealed interface Event {

    /** An event of a pipeline's environment. */
    sealed interface OfEnvironment extends Event {
        Stage stage();
    }

    /**
     * @param position the place in the pipeline, from 0
     */
    record EnvironmentCreated(Stage stage, int position) implements OfEnvironment {}

    /** The tier or the place changed. */
    record EnvironmentModified(Stage stage, int position) implements OfEnvironment {}

    record EnvironmentDeleted(Stage stage) implements OfEnvironment {}

    /** An event of a release; {@code release} is the state it leaves behind. */
    sealed interface OfRelease extends Event {
        Release release();
    }

    record ReleaseCreated(Release release) implements OfRelease {}

    record ReleaseUpdated(Release release) implements OfRelease {}

    /** {@code release} is the state it had. */
    record ReleaseDeleted(Release release) implements OfRelease {}

    /** The release went from no lock reason to some (rule 4). */
    record ReleaseLocked(Release release, Deployment deployment) implements OfRelease {}

    /** A deployment succeeded. */
    record ServiceDeployed(Release release, Deployment deployment) implements Event {}

    /**
     * An environment was emptied (rule 7).
     *
     * @param release what ran there
     */
    record ServiceRemoved(Release release, String environment) implements Event {}
}
