package dev.lockstep.domain;

import java.util.List;

/**
 * What a refusal tells a caller beside words, so that a program can act on it (contract, section 4).
 *
 * @param violations what is wrong with the data, if that only shows when it is compared with the current state
 * @param lockReasons why the release is locked
 * @param currentRevision the application's revision, or null
 * @param requiredEnvironment where the release must succeed now, or null
 * @param requiredEnvironments those directly before the target in which it never succeeded
 * @param environments to which a way is open, or in which something runs; null when they are not what it is about
 * @param currentEnvironments in which the release is current; null when they are not what it is about
 * @param deployment the id of the one that is in the way, or null
 * @param past how the deployment ended, or null
 * @param blockedBy what a deployment would have to wait for; null when that is not what it is about
 */
public record Remedy(
        List<Violation> violations,
        List<LockReason> lockReasons,
        Long currentRevision,
        String requiredEnvironment,
        List<String> requiredEnvironments,
        List<String> environments,
        List<String> currentEnvironments,
        String deployment,
        Deployment.Past past,
        List<Blocker> blockedBy) {

    /** Where something stands in a CloudEvent, as a JSON pointer (RFC 6901), and what is wrong with it. */
    public record Violation(String pointer, String message) {}

    static final Remedy NONE = new Remedy(List.of(), List.of(), null, null, null, null, null, null, null, null);

    static Remedy violation(String pointer, String message) {
        return violations(List.of(new Violation(pointer, message)));
    }

    static Remedy violations(List<Violation> violations) {
        return new Remedy(violations, List.of(), null, null, null, null, null, null, null, null);
    }

    static Remedy lockReasons(List<LockReason> lockReasons) {
        return new Remedy(List.of(), lockReasons, null, null, null, null, null, null, null, null);
    }

    static Remedy currentRevision(long currentRevision) {
        return new Remedy(List.of(), List.of(), currentRevision, null, null, null, null, null, null, null);
    }

    static Remedy required(String environment, List<String> environments) {
        return new Remedy(List.of(), List.of(), null, environment, environments, null, null, null, null, null);
    }

    static Remedy environments(List<String> environments) {
        return new Remedy(List.of(), List.of(), null, null, null, environments, null, null, null, null);
    }

    static Remedy currentEnvironments(List<String> environments) {
        return new Remedy(List.of(), List.of(), null, null, null, null, environments, null, null, null);
    }

    static Remedy deployment(String id) {
        return new Remedy(List.of(), List.of(), null, null, null, null, null, id, null, null);
    }

    static Remedy past(Deployment.Past past) {
        return new Remedy(List.of(), List.of(), null, null, null, null, null, null, past, null);
    }

    static Remedy blockedBy(List<Blocker> blockedBy) {
        return new Remedy(List.of(), List.of(), null, null, null, null, null, null, null, blockedBy);
    }
}
