package dev.lockstep.store.format;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.Stage;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The lowest format of an {@code application} row that may contain a given enum constant, stored by name. Adding
 * one needs a decision here: versions that do not know it stop at an unknown format, so it needs a new {@link
 * StateJson#APPLICATION_FORMAT}, unless those that are in use read it already.
 */
final class EnumFormats {

    private EnumFormats() {}

    /** @return the highest format that any constant in it needs */
    static int formatOf(Application application) {
        return IntStream.concat(
                        application.pipeline().stages().stream()
                                .map(Stage::policy)
                                .mapToInt(EnumFormats::formatOf),
                        application.environments().stream().mapToInt(EnumFormats::formatOf))
                .max()
                .orElse(1);
    }

    static int formatOf(Environment environment) {
        return Stream.concat(Stream.ofNullable(environment.lastDeployment()), environment.unfinishedDeployments())
                .mapToInt(EnumFormats::formatOf)
                .max()
                .orElse(1);
    }

    private static int formatOf(Policy policy) {
        return Math.max(
                formatOf(policy.completion()), Math.max(formatOf(policy.whenBusy()), formatOf(policy.onFailure())));
    }

    private static int formatOf(Deployment deployment) {
        Deployment.StatusDetail outcome = deployment.outcome();
        int asked = formatOf(deployment.request().requestedAction());
        int action =
                deployment.start() == null ? 1 : formatOf(deployment.start().action());
        int end = Math.max(
                formatOf(outcome.status()), outcome.failureKind() == null ? 1 : formatOf(outcome.failureKind()));
        int codes = deployment instanceof Deployment.Waiting waiting
                ? waiting.blockerCodes().stream()
                        .mapToInt(EnumFormats::formatOf)
                        .max()
                        .orElse(1)
                : 1;
        return Math.max(Math.max(asked, action), Math.max(end, codes));
    }

    static int formatOf(Blocker.Code code) {
        return switch (code) {
            case NOT_BEFORE, ENVIRONMENT_BUSY, QUEUED_BEHIND -> 5;
            case NOT_SOAKED -> 6;
        };
    }

    static int formatOf(Policy.Completion completion) {
        return switch (completion) {
            case IMMEDIATE -> 1;
            case REPORTED -> 5;
        };
    }

    static int formatOf(Policy.WhenBusy whenBusy) {
        return switch (whenBusy) {
            case SUPERSEDE -> 1;
            case QUEUE, REJECT -> 5;
        };
    }

    static int formatOf(Policy.OnFailure onFailure) {
        return switch (onFailure) {
            case NONE -> 1;
            case RESTORE -> 5;
        };
    }

    static int formatOf(Deployment.Action action) {
        return switch (action) {
            case DEPLOY, ROLLBACK, REDEPLOY -> 1;
            case UNDEPLOY -> 5;
        };
    }

    static int formatOf(Deployment.Status status) {
        return switch (status) {
            case SUCCEEDED -> 1;
            case PENDING, IN_PROGRESS, FAILED, CANCELLED, SUPERSEDED, EXPIRED -> 5;
        };
    }

    static int formatOf(Deployment.FailureKind kind) {
        return switch (kind) {
            case FAILED, ERRORED, TIMED_OUT, LOST -> 5;
        };
    }
}
