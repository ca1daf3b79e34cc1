package dev.lockstep.model;

import java.util.List;

/**
 * What must come of one command.
 *
 * @param application         the result's application, null where {@code data.application} is not well formed
 * @param code                the refusal, null for an accepted command
 * @param duplicate           whether this repeats the outcome of an earlier command
 * @param revision            the revision that the result carries
 * @param events              in order; empty for a refusal, a duplicate, or a change of nothing
 * @param deploymentMade      whether the result names a deployment
 * @param requiredEnvironment with {@link Code#PROMOTION_ORDER}, else null
 * @param lockEnvironments    with {@link Code#RELEASE_LOCKED}: the environments of the lock reasons, else empty
 * @param foreignKey          whether the record key was not the application: across partitions nothing orders such a
 *                            command against the application's own, so its revision is only known in a single thread
 */
public record Expected(
        String application,
        Code code,
        boolean duplicate,
        long revision,
        List<ExpectedEvent> events,
        boolean deploymentMade,
        String requiredEnvironment,
        List<String> lockEnvironments,
        boolean foreignKey) {

    /**
     * @param subjectId       the CDEvents subject's id
     * @param revision        the event's own revision
     * @param release         null for events of environments
     * @param environment     null for events of releases
     * @param previousRelease what a service event replaced, else null
     * @param action          {@code deploy} or {@code rollback} where a deployment was made, else null
     * @param createdRevision of the release, 0 where there is none
     */
    public record ExpectedEvent(
            Fact fact,
            String subjectId,
            long revision,
            String release,
            String environment,
            String previousRelease,
            String action,
            long createdRevision) {}

    /** {@code accepted} or {@code rejected}. */
    public String outcome() {
        return code == null ? "accepted" : "rejected";
    }

    static Expected accepted(String application, long revision, List<ExpectedEvent> events, boolean deploymentMade) {
        return new Expected(
                application, null, false, revision, List.copyOf(events), deploymentMade, null, List.of(), false);
    }

    static Expected refused(Code code, String application, long revision) {
        return new Expected(application, code, false, revision, List.of(), false, null, List.of(), false);
    }

    Expected requiring(String environment) {
        return new Expected(
                application,
                code,
                duplicate,
                revision,
                events,
                deploymentMade,
                environment,
                lockEnvironments,
                foreignKey);
    }

    Expected lockedBy(List<String> environments) {
        return new Expected(
                application,
                code,
                duplicate,
                revision,
                events,
                deploymentMade,
                requiredEnvironment,
                environments,
                foreignKey);
    }

    Expected withForeignKey(boolean foreign) {
        return new Expected(
                application,
                code,
                duplicate,
                revision,
                events,
                deploymentMade,
                requiredEnvironment,
                lockEnvironments,
                foreign);
    }

    /** The same outcome for a client that sent the command again (rule 11). */
    Expected again() {
        return new Expected(
                application,
                code,
                true,
                revision,
                List.of(),
                deploymentMade,
                requiredEnvironment,
                lockEnvironments,
                foreignKey);
    }
}
