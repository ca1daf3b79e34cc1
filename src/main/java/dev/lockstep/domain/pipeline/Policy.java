package dev.lockstep.domain.pipeline;

import java.time.Duration;

/**
 * What an environment requires of deployments to it (contract, section 1).
 *
 * @param onlyNewer whether deploying a release that was created before the current one is refused
 * @param timeout from start to end, as it was given (ISO 8601), or null for none
 * @param reportEvery how long the deployer may be silent, as it was given (ISO 8601), or null for none
 * @param maxQueued how many may wait with {@link WhenBusy#QUEUE}
 * @param soakTime how long a release must have run in the environments before, as it was given (ISO 8601), or null for none
 */
public record Policy(
        boolean onlyNewer,
        Completion completion,
        String timeout,
        String reportEvery,
        WhenBusy whenBusy,
        int maxQueued,
        OnFailure onFailure,
        String soakTime) {

    public static final Policy DEFAULT =
            new Policy(false, Completion.IMMEDIATE, null, null, WhenBusy.SUPERSEDE, 20, OnFailure.NONE, null);

    /** When a deployment succeeds. */
    public enum Completion {
        /** When it starts. */
        IMMEDIATE,
        /** When its deployer says so. */
        REPORTED
    }

    /** What happens to a request while another deployment is in progress (rule 21). */
    public enum WhenBusy {
        SUPERSEDE,
        QUEUE,
        REJECT
    }

    /** What follows a deployment that started and did not succeed (rule 23). */
    public enum OnFailure {
        NONE,
        RESTORE
    }

    /** @return null for none */
    public Duration timeoutDuration() {
        return timeout == null ? null : Duration.parse(timeout);
    }

    /** @return null for none */
    public Duration reportEveryDuration() {
        return reportEvery == null ? null : Duration.parse(reportEvery);
    }

    /** @return null for none */
    public Duration soakDuration() {
        return soakTime == null ? null : Duration.parse(soakTime);
    }
}
