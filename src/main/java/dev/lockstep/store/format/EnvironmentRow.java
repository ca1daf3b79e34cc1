package dev.lockstep.store.format;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.deployment.SuccessLine;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * An environment as it is stored.
 *
 * @param id null in a row of its own
 * @param end the release at the end of the line; with {@code beforeEnd}, all that most commands need of the line
 * @param archived which of these two are archived; null for none
 * @param active the deployment in progress; null for none
 * @param waiting in the order in which they were requested; null for none
 * @param blockersDigest null if none wait, or if written by a version that did not know it: then the environment's state is
 *     published again
 */
public record EnvironmentRow(
        String id,
        DeployedReleaseRow current,
        List<DeployedReleaseRow> former,
        DeploymentRow lastDeployment,
        int length,
        String end,
        String beforeEnd,
        List<String> archived,
        @JsonProperty("mark") LastChangeRow lastChange,
        DeploymentRow active,
        List<DeploymentRow> waiting,
        String blockersDigest) {

    static EnvironmentRow of(String id, Environment environment) {
        SuccessLine line = environment.line();
        return new EnvironmentRow(
                id,
                DeployedReleaseRow.of(environment.current()),
                environment.former().stream().map(DeployedReleaseRow::of).toList(),
                environment.lastDeployment() == null ? null : DeploymentRow.of(environment.lastDeployment()),
                line.length(),
                line.releaseAt(line.length()),
                line.predecessor(),
                isPlain(environment) ? null : archived(environment),
                LastChangeRow.of(environment.lastChange()),
                environment.inProgress() == null ? null : DeploymentRow.of(environment.inProgress()),
                environment.waiting().isEmpty()
                        ? null
                        : environment.waiting().stream().map(DeploymentRow::of).toList(),
                environment.blockersDigest());
    }

    /** The lowest format in which a separate row can express it. */
    public static int lowestFormat(Environment environment) {
        return Math.max(fitsFormat1(environment) ? 1 : 2, environmentFormat(EnumFormats.formatOf(environment)));
    }

    /** Translates an application format to the format of a dropped environment's row. */
    static int environmentFormat(int applicationFormat) {
        return switch (applicationFormat) {
            case 1 -> 1;
            case 5 -> 2;
            default ->
                throw new IllegalArgumentException(
                        "no environment format corresponds to application format " + applicationFormat);
        };
    }

    /** Whether nothing is on its way there and format 1 can express the last deployment. */
    static boolean fitsFormat1(Environment environment) {
        return !environment.hasUnfinishedDeployments()
                && (environment.lastDeployment() == null || DeploymentRow.fitsFormat1(environment.lastDeployment()));
    }

    /** Whether every version can read it. */
    static boolean isPlain(Environment environment) {
        SuccessLine line = environment.line();
        return !isArchived(line, line.length()) && !isArchived(line, line.length() - 1);
    }

    private static boolean isArchived(SuccessLine line, int position) {
        String release = line.releaseAt(position);
        return release != null && line.isArchived(release);
    }

    private static List<String> archived(Environment environment) {
        SuccessLine line = environment.line();
        return Stream.of(line.length(), line.length() - 1)
                .filter(position -> isArchived(line, position))
                .map(line::releaseAt)
                .toList();
    }

    Environment toEnvironment(String id) {
        SuccessLine line = new SuccessLine(length);
        if (end != null) {
            line.addLoaded(length, end, isArchived(end));
        }
        if (beforeEnd != null) {
            line.addLoaded(length - 1, beforeEnd, isArchived(beforeEnd));
        }
        return new Environment(
                id,
                current == null ? null : current.deployedRelease(),
                former.stream().map(DeployedReleaseRow::deployedRelease).toList(),
                lastDeployment == null ? null : lastDeployment.toEnded(),
                active == null ? null : active.toInProgress(),
                waiting == null
                        ? List.of()
                        : waiting.stream().map(DeploymentRow::toWaiting).toList(),
                line,
                lastChange == null ? null : lastChange.toLastChange(),
                blockersDigest);
    }

    private boolean isArchived(String release) {
        return archived != null && archived.contains(release);
    }

    private record DeployedReleaseRow(String release, String deployment, Instant since, String actor) {

        static DeployedReleaseRow of(Environment.DeployedRelease deployedRelease) {
            return deployedRelease == null
                    ? null
                    : new DeployedReleaseRow(
                            deployedRelease.release(),
                            deployedRelease.deployment(),
                            deployedRelease.since(),
                            Actor.nameOf(deployedRelease.actor()));
        }

        Environment.DeployedRelease deployedRelease() {
            return new Environment.DeployedRelease(release, deployment, since, Actor.of(actor));
        }
    }
}
