package dev.lockstep.store;

import dev.lockstep.domain.Deployment;
import dev.lockstep.domain.Environment;
import dev.lockstep.domain.SuccessLine;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * An environment as it is stored.
 *
 * @param id null in a row of its own
 * @param end who stands at the end of the line, with {@code beforeEnd} what most commands need of it
 * @param archived those of the two that are archived; null for none
 */
record EnvironmentRow(
        String id,
        OccupantRow current,
        List<OccupantRow> former,
        DeploymentRow lastDeployment,
        int length,
        String end,
        String beforeEnd,
        List<String> archived,
        MarkRow mark) {

    static EnvironmentRow of(String id, Environment environment) {
        SuccessLine line = environment.line();
        List<String> archived = archived(environment);
        return new EnvironmentRow(
                id,
                OccupantRow.of(environment.current()),
                environment.former().stream().map(OccupantRow::of).toList(),
                DeploymentRow.of(environment.lastDeployment()),
                line.length(),
                line.at(line.length()),
                line.beforeEnd(),
                archived.isEmpty() ? null : archived,
                MarkRow.of(environment.mark()));
    }

    /** Whether every version could read it. */
    static boolean isPlain(Environment environment) {
        return archived(environment).isEmpty();
    }

    private static List<String> archived(Environment environment) {
        SuccessLine line = environment.line();
        return Stream.of(line.length(), line.length() - 1)
                .map(line::at)
                .filter(release -> release != null && line.isArchived(release))
                .toList();
    }

    Environment environment(String id) {
        SuccessLine line = new SuccessLine(length);
        if (end != null) {
            line.know(length, end, isArchived(end));
        }
        if (beforeEnd != null) {
            line.know(length - 1, beforeEnd, isArchived(beforeEnd));
        }
        return new Environment(
                id,
                current == null ? null : current.occupant(),
                former.stream().map(OccupantRow::occupant).toList(),
                lastDeployment == null ? null : lastDeployment.deployment(),
                line,
                mark == null ? null : mark.lastChange());
    }

    private boolean isArchived(String release) {
        return archived != null && archived.contains(release);
    }

    private record OccupantRow(String release, String deployment, Instant since, String actor) {

        static OccupantRow of(Environment.Occupant occupant) {
            return occupant == null
                    ? null
                    : new OccupantRow(occupant.release(), occupant.deployment(), occupant.since(), occupant.actor());
        }

        Environment.Occupant occupant() {
            return new Environment.Occupant(release, deployment, since, actor);
        }
    }

    /** @param environmentTier null also where a version wrote that did not know of it */
    private record DeploymentRow(
            String id,
            String release,
            String environment,
            String environmentTier,
            Deployment.Status status,
            Deployment.Action action,
            String previousRelease,
            String linkedFrom,
            String actor,
            String reason,
            SourceRow source,
            Instant createdAt,
            Instant startedAt,
            Instant finishedAt) {

        /** @param deployment may be null */
        static DeploymentRow of(Deployment.Ended deployment) {
            if (deployment == null) {
                return null;
            }
            Deployment.Request request = deployment.request();
            return new DeploymentRow(
                    request.id(),
                    request.release(),
                    request.environment(),
                    request.environmentTier(),
                    deployment.status(),
                    request.action(),
                    request.previousRelease(),
                    request.linkedFrom(),
                    request.actor(),
                    request.reason(),
                    SourceRow.of(request.source()),
                    request.createdAt(),
                    deployment.startedAt(),
                    deployment.finishedAt());
        }

        Deployment.Ended deployment() {
            Deployment.Request request = new Deployment.Request(
                    id,
                    release,
                    environment,
                    environmentTier,
                    action,
                    previousRelease,
                    linkedFrom,
                    actor,
                    reason,
                    source == null ? null : source.source(),
                    createdAt);
            return new Deployment.Ended(request, startedAt, status, finishedAt);
        }
    }
}
