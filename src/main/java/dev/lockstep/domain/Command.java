package dev.lockstep.domain;

import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.pipeline.StageDefinition;
import dev.lockstep.domain.release.Source;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a producer asks for, already validated against its schema (contract, section 3). Each kind knows the one rule that
 * decides it, and declares what that rule needs.
 *
 * <p>No component is null unless it says so.
 */
public sealed interface Command {

    /** What every command carries in addition to its own data. */
    CommonFields common();

    /** Decides on this command given the application's current state. Read-only; the caller applies the events. */
    Decision decide(Application application, DecisionContext context);

    default String application() {
        return common().application();
    }

    /** @return the release the command names, or null when it names none */
    default String release() {
        return null;
    }

    /** @return the environment that the command targets, or null when it names none */
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

    /** The preconditions from which it is exempt. */
    default Set<Exemption> exemptions() {
        return Set.of();
    }

    /** What must be loaded before it can be decided. */
    default RequiredState requiredState() {
        return RequiredState.ONLY_NAMED;
    }

    /**
     * @param isDryRun whether it is only to be evaluated, not applied
     */
    record CommonFields(String application, Attribution attribution, ExpectedRevisions expected, boolean isDryRun) {}

    /** The revisions the caller last saw of the application, the release and the environment; null if it does not matter. */
    record ExpectedRevisions(Long application, Long release, Long environment) {

        public static final ExpectedRevisions ANY = new ExpectedRevisions(null, null, null);
    }

    /**
     * When a requested deployment may start, and whether it may wait (rule 20).
     *
     * @param notBefore null for none
     * @param expiresAt null for none; after {@code notBefore}
     * @param mayWait whether it may wait instead of being refused when something blocks it
     */
    record StartOptions(Instant notBefore, Instant expiresAt, boolean mayWait) {

        public static final StartOptions DEFAULT = new StartOptions(null, null, true);
    }

    /**
     * {@code release.create.v1}, rule 1. {@code description}, {@code artifactId}, {@code source} and {@code chainId} may be null.
     *
     * @param labels by name
     */
    record CreateRelease(
            CommonFields common,
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
        public Set<Exemption> exemptions() {
            return Set.of(Exemption.UNKNOWN_APPLICATION, Exemption.UNKNOWN_RELEASE, Exemption.ARCHIVED_RELEASE);
        }
    }

    /**
     * {@code release.update.v1}, rule 12.
     *
     * @param title the new title, or null to keep it
     */
    record UpdateRelease(
            CommonFields common,
            String release,
            String title,
            FieldChange<String> description,
            FieldChange<String> artifactId,
            FieldChange<Source> source)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ReleaseRules.update(application, this);
        }
    }

    /**
     * {@code release.annotate.v1}, rule 17.
     *
     * @param labels by name; a null value removes one
     */
    record AnnotateRelease(CommonFields common, String release, FieldChange<String> notes, Map<String, String> labels)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ReleaseRules.annotate(application, this);
        }
    }

    /** {@code release.delete.v1}, rules 4 and 5. */
    record DeleteRelease(CommonFields common, String release) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ReleaseRules.delete(application, this);
        }

        @Override
        public Set<Exemption> exemptions() {
            return Set.of(Exemption.ARCHIVED_RELEASE);
        }
    }

    /** {@code release.archive.v1} and {@code release.unarchive.v1}, rule 16. */
    record SetReleaseArchived(CommonFields common, String release, boolean isArchived) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ArchiveRules.setReleaseArchived(application, this, context);
        }

        @Override
        public Set<Exemption> exemptions() {
            return Set.of(Exemption.ARCHIVED_RELEASE);
        }
    }

    /** One that asks for a deployment. */
    sealed interface DeploymentCommand extends Command {

        StartOptions startOptions();
    }

    /**
     * {@code release.deploy.v1}, rule 2.
     *
     * @param environment the target, or null for the next one
     * @param from where it must be current, or null if it does not matter
     */
    record DeployRelease(
            CommonFields common, String release, String environment, String from, StartOptions startOptions)
            implements DeploymentCommand {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PromotionRules.deploy(application, this, context);
        }

        @Override
        public RequiredState requiredState() {
            return environment == null ? RequiredState.EVERY_CURRENT_RELEASE : RequiredState.ONLY_NAMED;
        }
    }

    /** {@code release.undeploy.v1}, rule 7. */
    record UndeployRelease(CommonFields common, String environment, StartOptions startOptions)
            implements DeploymentCommand {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PromotionRules.undeploy(application, this, context);
        }
    }

    /**
     * {@code environment.rollback.v1}, rule 6.
     *
     * @param release the release to go back to, or null for the one before the current
     */
    record RollBackEnvironment(CommonFields common, String environment, String release, StartOptions startOptions)
            implements DeploymentCommand {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PromotionRules.rollback(application, this, context);
        }

        @Override
        public RequiredState requiredState() {
            return release == null ? RequiredState.PREDECESSOR : RequiredState.ONLY_NAMED;
        }
    }

    /**
     * {@code environment.redeploy.v1}, rule 15.
     *
     * @param release what must run there, or null if it does not matter
     */
    record RedeployEnvironment(CommonFields common, String environment, String release, StartOptions startOptions)
            implements DeploymentCommand {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PromotionRules.redeploy(application, this, context);
        }
    }

    /** {@code pipeline.define.v1}, rules 8 and 29. {@code stages} has 1–50 entries with distinct ids. */
    record DefinePipeline(CommonFields common, List<StageDefinition> stages, FieldChange<KeepPolicy> keep)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PipelineRules.define(application, this);
        }

        @Override
        public Set<Exemption> exemptions() {
            return Set.of(Exemption.UNKNOWN_APPLICATION);
        }

        @Override
        public RequiredState requiredState() {
            return RequiredState.forPipeline(
                    stages.stream().map(StageDefinition::id).toList());
        }
    }

    /** {@code environment.configure.v1}, rule 8. */
    record ConfigureEnvironment(CommonFields common, StageDefinition definition) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return PipelineRules.configure(application, this);
        }

        @Override
        public String environment() {
            return definition.id();
        }

        @Override
        public Set<Exemption> exemptions() {
            return Set.of(Exemption.FIRST_ENVIRONMENT);
        }

        @Override
        public RequiredState requiredState() {
            return definition.after().isPresent() ? RequiredState.EVERY_RELEASE : RequiredState.ONLY_NAMED;
        }
    }

    /**
     * {@code deployment.report.v1}, rule 25.
     *
     * @param report its members are null if left out
     */
    record ReportDeployment(CommonFields common, String deployment, ReportedStatus status, Deployment.Report report)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return DeploymentRules.report(application, this, context);
        }
    }

    /** What a deployer can report about a deployment. */
    enum ReportedStatus {
        IN_PROGRESS,
        SUCCEEDED,
        FAILED,
        ERRORED,
        CANCELLED
    }

    /** {@code deployment.cancel.v1}, rule 26. */
    record CancelDeployment(CommonFields common, String deployment) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return DeploymentRules.cancel(application, this, context);
        }
    }

    /** {@code application.update.v1}, rule 18. */
    record UpdateApplication(
            CommonFields common,
            FieldChange<String> title,
            FieldChange<String> description,
            FieldChange<String> owner,
            FieldChange<String> url)
            implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ApplicationRules.update(application, this);
        }
    }

    /** {@code application.archive.v1}, rule 16. */
    record ArchiveApplication(CommonFields common) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ArchiveRules.archiveApplication(application);
        }

        @Override
        public RequiredState requiredState() {
            return RequiredState.EVERY_RELEASE;
        }
    }

    /** {@code application.unarchive.v1}, rule 16. */
    record UnarchiveApplication(CommonFields common) implements Command {
        @Override
        public Decision decide(Application application, DecisionContext context) {
            return ArchiveRules.unarchiveApplication(application);
        }

        @Override
        public Set<Exemption> exemptions() {
            return Set.of(Exemption.ARCHIVED_APPLICATION);
        }

        @Override
        public RequiredState requiredState() {
            return RequiredState.EVERY_RELEASE;
        }
    }
}
