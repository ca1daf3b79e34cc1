package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ApplicationView.Facts;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What must come of one command.
 *
 * @param application the result's application, null where {@code data.application} is not well formed
 * @param code        the refusal, null for an accepted command
 * @param duplicate   whether this repeats the outcome of an earlier command
 * @param revision    the revision that the result carries
 * @param events      in order; empty for a refusal, a duplicate, or a change of nothing
 * @param deployment  the revision of the service event that tells of the deployment which was made, 0 if none was
 * @param details     what the problem carries
 * @param foreignKey  whether the record key was not the application: across partitions nothing orders such a command
 *                    against the application's own, so its revision is only known in a single thread
 */
public record Expected(
        String application,
        Code code,
        boolean duplicate,
        long revision,
        List<ExpectedEvent> events,
        long deployment,
        Details details,
        boolean foreignKey) {

    /**
     * @param subjectId       the CDEvents subject's id
     * @param revision        the event's own revision
     * @param about           the release, null where there is none
     * @param environment     null for events of releases and of the application
     * @param previousRelease what a service event replaced, else null
     * @param deployment      the one that was made, else null
     * @param stop            of environment events, else null
     * @param facts           of application events, else null
     */
    public record ExpectedEvent(
            Fact fact,
            String subjectId,
            long revision,
            About about,
            String environment,
            String previousRelease,
            ExpectedDeployment deployment,
            StopView stop,
            Facts facts) {

        /** Null where there is none. */
        public String release() {
            return about == null ? null : about.release;
        }

        /** {@code deploy}, {@code rollback} or {@code redeploy} where a deployment was made, else null. */
        public String action() {
            return deployment == null ? null : deployment.action();
        }
    }

    /** The release of which an event tells, as the command leaves it; what it does not have is null or empty. */
    public record About(
            String release,
            long createdRevision,
            JsonNode source,
            String notes,
            SortedMap<String, String> labels,
            String chainId) {}

    /**
     * What a problem carries; null or empty where it does not.
     *
     * @param currentEnvironments without the first, in which every release is
     * @param orIn                one more environment that {@code currentEnvironments} may name, or null
     * @param locks               the revisions of the first deployments by environment
     */
    public record Details(
            String requiredEnvironment,
            List<String> requiredEnvironments,
            List<String> environments,
            List<String> currentEnvironments,
            String orIn,
            Map<String, Long> locks) {

        static final Details NONE = new Details(null, List.of(), List.of(), List.of(), null, Map.of());

        static Details required(String environment, List<String> all) {
            return new Details(environment, all, List.of(), List.of(), null, Map.of());
        }

        static Details environments(List<String> environments) {
            return new Details(null, List.of(), environments, List.of(), null, Map.of());
        }

        static Details current(List<String> environments, String orIn) {
            return new Details(null, List.of(), List.of(), environments, orIn, Map.of());
        }

        static Details locks(Map<String, Long> locks) {
            return new Details(null, List.of(), List.of(), List.of(), null, Map.copyOf(locks));
        }
    }

    /** {@code accepted} or {@code rejected}. */
    public String outcome() {
        return code == null ? "accepted" : "rejected";
    }

    /** With {@link Code#PROMOTION_ORDER}, else null. */
    public String requiredEnvironment() {
        return details.requiredEnvironment;
    }

    static Expected accepted(String application, long revision, List<ExpectedEvent> events, long deployment) {
        return new Expected(application, null, false, revision, List.copyOf(events), deployment, Details.NONE, false);
    }

    static Expected refused(Code code, String application, long revision) {
        return refused(code, application, revision, Details.NONE);
    }

    static Expected refused(Code code, String application, long revision, Details details) {
        return new Expected(application, code, false, revision, List.of(), 0, details, false);
    }

    Expected withForeignKey(boolean foreign) {
        return new Expected(application, code, duplicate, revision, events, deployment, details, foreign);
    }

    /** The same outcome for a client that sent the command again (rule 11). */
    Expected again() {
        return new Expected(application, code, true, revision, List.of(), deployment, details, foreignKey);
    }
}
