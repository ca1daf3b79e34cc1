package dev.lockstep.domain;

import java.util.List;

/**
 * What a producer asks for, already valid in form (contract, section 3). Each kind knows the one rule that judges it.
 *
 * <p>No component is null unless it says so.
 */
public sealed interface Command {

    /** What every command carries beside its own data. */
    Common common();

    /** Decides on this command against the application as it is now. Reads only; the caller applies the events. */
    Decision decide(Application application, Surroundings surroundings);

    default String application() {
        return common().application();
    }

    /** @return the release the command names, or null when it names none */
    default String release() {
        return null;
    }

    /** @return the environment the command names, or null when it names none */
    default String environment() {
        return null;
    }

    /**
     * @param actor who asked, or null
     * @param reason why, or null
     * @param expectedRevision the revision the caller last saw, or null when it does not care
     */
    record Common(String application, String actor, String reason, Long expectedRevision) {}

    /** {@code release.create.v1}, rule 1. {@code description}, {@code artifactId}, {@code source} and {@code chainId} may be null. */
    record CreateRelease(
            Common common,
            String release,
            String title,
            String description,
            String artifactId,
            Source source,
            String chainId)
            implements Command {
        @Override
        public Decision decide(Application application, Surroundings surroundings) {
            return ReleaseRules.create(application, this, surroundings);
        }
    }

    /**
     * {@code release.update.v1}, rule 12.
     *
     * @param title the new title, or null to keep it
     */
    record UpdateRelease(
            Common common,
            String release,
            String title,
            Change<String> description,
            Change<String> artifactId,
            Change<Source> source)
            implements Command {
        @Override
        public Decision decide(Application application, Surroundings surroundings) {
            return ReleaseRules.update(application, this, surroundings);
        }
    }

    /** {@code release.delete.v1}, rules 4 and 5. */
    record DeleteRelease(Common common, String release) implements Command {
        @Override
        public Decision decide(Application application, Surroundings surroundings) {
            return ReleaseRules.delete(application, this);
        }
    }

    /**
     * {@code release.deploy.v1}, rule 2.
     *
     * @param environment the target, or null for the next one
     */
    record DeployRelease(Common common, String release, String environment) implements Command {
        @Override
        public Decision decide(Application application, Surroundings surroundings) {
            return PromotionRules.deploy(application, this, surroundings);
        }
    }

    /** {@code release.undeploy.v1}, rule 7. */
    record Undeploy(Common common, String environment) implements Command {
        @Override
        public Decision decide(Application application, Surroundings surroundings) {
            return PromotionRules.undeploy(application, this);
        }
    }

    /**
     * {@code environment.rollback.v1}, rule 6.
     *
     * @param release where to go back to, or null for the one before the current
     */
    record Rollback(Common common, String environment, String release) implements Command {
        @Override
        public Decision decide(Application application, Surroundings surroundings) {
            return PromotionRules.rollback(application, this, surroundings);
        }
    }

    /** {@code pipeline.define.v1}, rule 8. {@code stages} has 1–20 entries with distinct ids. */
    record DefinePipeline(Common common, List<Stage> stages) implements Command {
        @Override
        public Decision decide(Application application, Surroundings surroundings) {
            return PipelineRules.define(application, this);
        }
    }

    /**
     * An optional field of an update: left out, cleared, or set.
     *
     * @param named whether the command named the field at all
     * @param value the new value; null clears the field
     */
    record Change<T>(boolean named, T value) {
        private static final Change<?> KEEP = new Change<>(false, null);

        @SuppressWarnings("unchecked")
        public static <T> Change<T> keep() {
            return (Change<T>) KEEP;
        }

        public static <T> Change<T> to(T value) {
            return new Change<>(true, value);
        }

        public static <T> Change<T> clear() {
            return new Change<>(true, null);
        }

        /** The field's value after the update, given the one before. */
        public T over(T before) {
            return named ? value : before;
        }
    }
}
