package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedApplication.Facts;
import dev.lockstep.model.ModelRelease.Lock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * What one command must lead to.
 *
 * @param application the result's application, null if {@code data.application} is not well formed
 * @param answer      whether there is a result, and whether there is a dead letter instead
 * @param code        the refusal, null for an accepted command
 * @param duplicate   whether this repeats the outcome of an earlier command
 * @param dryRun      whether it was a dry run, so nothing was applied
 * @param revision    the revision that the result carries
 * @param events      in order; empty for a refusal, a duplicate, a dry run, or a change of nothing
 * @param made        the deployment that was created, reported on or cancelled, null if none was
 * @param details     what the problem carries
 * @param foreignKey  whether the record key was not the application: across partitions nothing orders such a command
 *                    against the application's own, so its revision is only known in a single thread
 */
public record ExpectedOutcome(
        String application,
        Response answer,
        ExpectedRefusal code,
        boolean duplicate,
        boolean dryRun,
        long revision,
        List<ExpectedEvent> events,
        AffectedDeployment made,
        Details details,
        boolean foreignKey) {

    /** What the sender gets back. */
    public enum Response {
        RESULT,
        NOTHING,
        DEAD_LETTER
    }

    /**
     * @param revision  the revision of its first event
     * @param blockedBy empty unless it waits
     */
    public record AffectedDeployment(long revision, String status, List<ExpectedBlocker> blockedBy) {}

    /**
     * @param subjectId       the CDEvents subject's id; that of a deployment event is the deployment's
     * @param revision        the event's own revision
     * @param about           the release, null if there is none
     * @param environment     null for events of releases and of the application
     * @param previousRelease what a service event replaced, or null
     * @param deployment      the one that it is about, or null
     * @param stop            of environment events, or null
     * @param facts           of application events, or null
     * @param correlations    one of them is the correlation id
     */
    public record ExpectedEvent(
            EventKind fact,
            String subjectId,
            long revision,
            ExpectedRelease about,
            String environment,
            String previousRelease,
            ExpectedDeployment deployment,
            StageView stop,
            Facts facts,
            Set<String> correlations) {

        /** Null if there is none. */
        public String release() {
            return about == null ? null : about.release;
        }

        /** {@code deploy}, {@code rollback}, {@code redeploy} or {@code undeploy} where it is about a deployment, else null. */
        public String action() {
            return deployment == null ? null : deployment.action();
        }

        ExpectedEvent with(Set<String> either) {
            return new ExpectedEvent(
                    fact, subjectId, revision, about, environment, previousRelease, deployment, stop, facts, either);
        }

        ExpectedEvent with(ExpectedDeployment other) {
            return new ExpectedEvent(
                    fact, subjectId, revision, about, environment, previousRelease, other, stop, facts, correlations);
        }
    }

    /** The release that an event is about, as the command leaves it; what it does not have is null or empty. */
    public record ExpectedRelease(
            String release,
            long createdRevision,
            JsonNode source,
            String notes,
            SortedMap<String, String> labels,
            String chainId) {}

    /**
     * How a deployment ended.
     *
     * @param finished the revision of an event at that moment
     */
    record End(String status, String failureKind, long finished) {}

    /**
     * The members of a problem; null, 0 or empty if it does not have them.
     *
     * @param currentEnvironments without the first environment, in which every release is
     * @param orIn                an additional environment that {@code currentEnvironments} may name, or null
     * @param locks               by environment
     * @param deployment          the first revision of the deployment that is in the way
     * @param end                 of the deployment that is no longer active
     * @param currentRevision     with {@link ExpectedRefusal#REVISION_CONFLICT}
     */
    public record Details(
            String requiredEnvironment,
            List<String> requiredEnvironments,
            List<String> environments,
            List<String> currentEnvironments,
            String orIn,
            Map<String, Lock> locks,
            long deployment,
            List<ExpectedBlocker> blockedBy,
            End end,
            long currentRevision) {

        static final Details NONE = environments(List.of());

        static Details required(String environment, List<String> all) {
            return new Details(environment, all, List.of(), List.of(), null, Map.of(), 0, List.of(), null, 0);
        }

        static Details environments(List<String> environments) {
            return new Details(null, List.of(), environments, List.of(), null, Map.of(), 0, List.of(), null, 0);
        }

        static Details current(List<String> environments, String orIn) {
            return new Details(null, List.of(), List.of(), environments, orIn, Map.of(), 0, List.of(), null, 0);
        }

        static Details locks(Map<String, Lock> locks) {
            return new Details(null, List.of(), List.of(), List.of(), null, Map.copyOf(locks), 0, List.of(), null, 0);
        }

        static Details deployment(long revision) {
            return new Details(null, List.of(), List.of(), List.of(), null, Map.of(), revision, List.of(), null, 0);
        }

        static Details blocked(List<ExpectedBlocker> by) {
            return new Details(null, List.of(), List.of(), List.of(), null, Map.of(), 0, by, null, 0);
        }

        static Details end(End end) {
            return new Details(null, List.of(), List.of(), List.of(), null, Map.of(), 0, List.of(), end, 0);
        }

        static Details revision(long current) {
            return new Details(null, List.of(), List.of(), List.of(), null, Map.of(), 0, List.of(), null, current);
        }
    }

    /** {@code accepted} or {@code rejected}. */
    public String outcome() {
        return code == null ? "accepted" : "rejected";
    }

    /** With {@link ExpectedRefusal#PROMOTION_ORDER}, else null. */
    public String requiredEnvironment() {
        return details.requiredEnvironment;
    }

    /** The status of the deployment that was requested, reported on or cancelled; null if there is none. */
    public String deploymentStatus() {
        return made == null ? null : made.status;
    }

    static ExpectedOutcome accepted(
            String application, long revision, List<ExpectedEvent> events, AffectedDeployment made) {
        return new ExpectedOutcome(
                application,
                Response.RESULT,
                null,
                false,
                false,
                revision,
                List.copyOf(events),
                made,
                Details.NONE,
                false);
    }

    static ExpectedOutcome refused(ExpectedRefusal code, String application, long revision) {
        return refused(code, application, revision, Details.NONE);
    }

    static ExpectedOutcome refused(ExpectedRefusal code, String application, long revision, Details details) {
        return new ExpectedOutcome(
                application, Response.RESULT, code, false, false, revision, List.of(), null, details, false);
    }

    static ExpectedOutcome nothing(String application, long revision) {
        return accepted(application, revision, List.of(), null).answered(Response.NOTHING);
    }

    ExpectedOutcome answered(Response other) {
        return new ExpectedOutcome(
                application, other, code, duplicate, dryRun, revision, events, made, details, foreignKey);
    }

    ExpectedOutcome withForeignKey(boolean foreign) {
        return new ExpectedOutcome(
                application, answer, code, duplicate, dryRun, revision, events, made, details, foreign);
    }

    /** The same outcome for a client that re-sent the command (rule 11). */
    ExpectedOutcome again() {
        return new ExpectedOutcome(
                application, answer, code, true, dryRun, revision, List.of(), made, details, foreignKey);
    }

    /** The same outcome for a command that was only judged. */
    ExpectedOutcome dry() {
        return new ExpectedOutcome(
                application, answer, code, duplicate, true, revision, List.of(), made, details, foreignKey);
    }
}
