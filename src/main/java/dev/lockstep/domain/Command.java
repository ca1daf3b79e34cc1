package dev.lockstep.domain;

import dev.lockstep.domain.common.Change;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.pipeline.StageDefinition;
import dev.lockstep.domain.release.Source;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a producer asks for, already valid in form (contract, section 3). Each kind knows the one rule that judges it, and says
 * what that looks at.
 *
 * <p>No component is null unless it says so.
 */
public sealed interface Command {

    /** What every command carries beside its own data. */
    Common common();

    /** Decides on this command against the application as it is now. Reads only; the caller applies the events. */
    Decision decide(Application application, DecisionContext context);

    default String application() {
        return common().application();
    }

    /** @return the release the command names, or null when it names none */
    default String release() {
        return null;
    }

    /** @return the environment the command is aimed at, or null when it names none */
    default String environment() {
        return null;
    }

    /** @return the environment the command starts from, or null when it names none */
    default String from() {
        return null;
    }

    /** @return the id of the deployment the command is about, or null when it names none */
    default String deployment() {
        return null;
    }

    /** What must be there, and what must be at hand, for the rule to judge. */
    default Needs needs() {
        return Needs.NONE;
    }

    /**
     * @param actor who asked, or null
     * @param reason why, or null
     * @param correlationId what its sender correlates it with, or else its id
     * @param dryRun whether it is to be judged alone
     */
    record Common(
            String application, String actor, String reason, String correlationId, Expected expected, boolean dryRun) {}

    /** The revisions the caller last saw of the application, the release and the environment; null where it does not care. */
    record Expected(Long application, Long release, Long environment) {

        public static final Expected ANY = new Expected(null, null, null);
    }

    /**
     * On what terms a deployment is asked for (rule 20).
     *
     * @param notBefore, expiresAt null for none; the second is after the first
     * @param mayWait whether it is not refused when something blocks it
     */
    record Terms(Instant notBefore, Instant expiresAt, boolean mayWait) {

        public static final Terms NONE = new Terms(null, null, true);
    }

    /**
     * {@code release.create.v1}, rule 1. {@code description}, {@code artifactId}, {@code source} and {@code chainId} may be null.
     *
     * @param labels by name
     */
    record CreateRelease(
            Common common,
            String release,
            String title,
            String description,
            String artifactId,
            Source source,
            String chainId,
            Map<String, String> labels)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ReleaseRules.create(application, this, context);
        }

        @Override
        public Needs needs() {
            return Needs.NEW_RELEASE;
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
        public Decision decide(Application application, DecisionContext context) {
            return ReleaseRules.update(application, this);
        }
    }

    /**
     * {@code release.annotate.v1}, rule 17.
     *
     * @param labels by name; a null value takes one away
     */
    record AnnotateRelease(Common common, String release, Change<String> notes, Map<String, String> labels)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ReleaseRules.annotate(application, this);
        }
    }

    /** {@code release.delete.v1}, rules 4 and 5. */
    record DeleteRelease(Common common, String release) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ReleaseRules.delete(application, this);
        }

        @Override
        public Needs needs() {
            return Needs.RELEASE_EVEN_ARCHIVED;
        }
    }

    /** {@code release.archive.v1} and {@code release.unarchive.v1}, rule 16. */
    record ArchiveRelease(Common common, String release, boolean archived) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ArchiveRules.archive(application, this, context);
        }

        @Override
        public Needs needs() {
            return Needs.RELEASE_EVEN_ARCHIVED;
        }
    }

    /**
     * {@code release.deploy.v1}, rule 2.
     *
     * @param environment the target, or null for the next one
     * @param from where it must be current, or null when the caller does not care
     */
    record DeployRelease(Common common, String release, String environment, String from, Terms terms)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PromotionRules.deploy(application, this, context);
        }

        @Override
        public Needs needs() {
            return environment == null ? Needs.EVERY_OCCUPANT : Needs.NONE;
        }
    }

    /** {@code release.undeploy.v1}, rule 7. */
    record Undeploy(Common common, String environment, Terms terms) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PromotionRules.undeploy(application, this, context);
        }
    }

    /**
     * {@code environment.rollback.v1}, rule 6.
     *
     * @param release where to go back to, or null for the one before the current
     */
    record Rollback(Common common, String environment, String release, Terms terms) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PromotionRules.rollback(application, this, context);
        }

        @Override
        public Needs needs() {
            return release == null ? Needs.PREDECESSOR : Needs.NONE;
        }
    }

    /**
     * {@code environment.redeploy.v1}, rule 15.
     *
     * @param release what must run there, or null when the caller does not care
     */
    record Redeploy(Common common, String environment, String release, Terms terms) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PromotionRules.redeploy(application, this, context);
        }
    }

    /** {@code pipeline.define.v1}, rules 8 and 29. {@code stages} has 1–50 entries with distinct ids. */
    record DefinePipeline(Common common, List<StageDefinition> stages, Change<Keep> keep) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PipelineRules.define(application, this);
        }

        @Override
        public Needs needs() {
            return Needs.forPipeline(stages.stream().map(StageDefinition::id).toList());
        }
    }

    /** {@code environment.configure.v1}, rule 8. */
    record ConfigureEnvironment(Common common, StageDefinition definition) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PipelineRules.configure(application, this);
        }

        @Override
        public String environment() {
            return definition.id();
        }

        @Override
        public Needs needs() {
            return definition.after().named() ? Needs.DEFINITION_OF_WAYS : Needs.DEFINITION;
        }
    }

    /**
     * {@code deployment.report.v1}, rule 25.
     *
     * @param report members that are null were left out
     */
    record ReportDeployment(Common common, String deployment, Reported status, Deployment.Report report)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return DeploymentRules.report(application, this, context);
        }
    }

    /** What a deployer can say of a deployment. */
    enum Reported {
        IN_PROGRESS,
        SUCCEEDED,
        FAILED,
        ERRORED,
        CANCELLED
    }

    /** {@code deployment.cancel.v1}, rule 26. */
    record CancelDeployment(Common common, String deployment) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return DeploymentRules.cancel(application, this, context);
        }
    }

    /** {@code application.update.v1}, rule 18. */
    record UpdateApplication(
            Common common, Change<String> title, Change<String> description, Change<String> owner, Change<String> url)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ApplicationRules.update(application, this);
        }
    }

    /** {@code application.archive.v1}, rule 16. */
    record ArchiveApplication(Common common) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ArchiveRules.archive(application);
        }

        @Override
        public Needs needs() {
            return Needs.EVERY_RELEASE;
        }
    }

    /** {@code application.unarchive.v1}, rule 16. */
    record UnarchiveApplication(Common common) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ArchiveRules.unarchive(application);
        }

        @Override
        public Needs needs() {
            return Needs.EVERY_RELEASE_EVEN_ARCHIVED;
        }
    }
}
