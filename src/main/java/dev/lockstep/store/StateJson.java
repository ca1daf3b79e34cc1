package dev.lockstep.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Deployment;
import dev.lockstep.domain.Environment;
import dev.lockstep.domain.LastChange;
import dev.lockstep.domain.Lock;
import dev.lockstep.domain.Placement;
import dev.lockstep.domain.Release;
import dev.lockstep.domain.Source;
import dev.lockstep.domain.Stage;
import dev.lockstep.domain.SuccessLine;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON of the {@code state} columns, as the records below have it. Times are milliseconds since 1970; what is null is left
 * out; unknown members are skipped, so that a worker can read what a later one wrote.
 */
final class StateJson {

    /**
     * The newest row of {@code application} that this version reads. Format 1 is found by the partition count of the first start
     * and holds all dropped environments; format 2 may live in another partition; format 3 also counts the dropped
     * environments that have rows of their own.
     */
    static final int APPLICATION_FORMAT = 3;

    /** How rows of {@code release} and {@code environment} are written by this version, the newest that it reads. */
    static final int FORMAT = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DATE_TIMESTAMPS_AS_NANOSECONDS)
            .disable(DeserializationFeature.READ_DATE_TIMESTAMPS_AS_NANOSECONDS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private static final Row<ApplicationRow> APPLICATIONS = new Row<>(ApplicationRow.class);
    private static final Row<EnvironmentRow> ENVIRONMENTS = new Row<>(EnvironmentRow.class);
    private static final Row<ReleaseRow> RELEASES = new Row<>(ReleaseRow.class);

    private StateJson() {}

    /** @param dropped how many environments with a history have rows of their own; null for none */
    private record ApplicationRow(List<Stage> pipeline, List<EnvironmentRow> environments, Integer dropped) {}

    /**
     * @param id null in a row of its own
     * @param end who stands at the end of the line, with {@code beforeEnd} what most commands need of it
     */
    private record EnvironmentRow(
            String id,
            Environment.Occupant current,
            List<Environment.Occupant> former,
            DeploymentRow lastDeployment,
            int length,
            String end,
            String beforeEnd,
            LastChange mark) {

        static EnvironmentRow of(String id, Environment environment) {
            SuccessLine line = environment.line();
            return new EnvironmentRow(
                    id,
                    environment.current(),
                    environment.former(),
                    DeploymentRow.of(environment.lastDeployment()),
                    line.length(),
                    line.at(line.length()),
                    line.beforeEnd(),
                    environment.mark());
        }

        Environment environment(String id) {
            SuccessLine line = new SuccessLine(length);
            if (end != null) {
                line.know(length, end);
            }
            if (beforeEnd != null) {
                line.know(length - 1, beforeEnd);
            }
            return new Environment(
                    id, current, former, lastDeployment == null ? null : lastDeployment.deployment(), line, mark);
        }
    }

    private record DeploymentRow(
            String id,
            String release,
            String environment,
            Deployment.Status status,
            Deployment.Action action,
            String previousRelease,
            String linkedFrom,
            String actor,
            String reason,
            Source source,
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
                    deployment.status(),
                    request.action(),
                    request.previousRelease(),
                    request.linkedFrom(),
                    request.actor(),
                    request.reason(),
                    request.source(),
                    request.createdAt(),
                    deployment.startedAt(),
                    deployment.finishedAt());
        }

        Deployment.Ended deployment() {
            Deployment.Request request = new Deployment.Request(
                    id, release, environment, action, previousRelease, linkedFrom, actor, reason, source, createdAt);
            return new Deployment.Ended(request, startedAt, status, finishedAt);
        }
    }

    private record ReleaseRow(
            String title,
            String description,
            String artifactId,
            Source source,
            String chainId,
            Instant createdAt,
            String createdBy,
            long createdRevision,
            List<PlacementRow> placements,
            LastChange mark) {}

    /**
     * One of a list, as their order counts.
     *
     * @param firstDeployment the one that locked the release; that it started is not told apart from that it succeeded
     */
    private record PlacementRow(
            String environment,
            boolean current,
            Instant since,
            Instant firstSucceededAt,
            String deployment,
            String firstDeployment,
            String linkedFrom,
            int linePosition) {

        static PlacementRow of(Release release, String environment, Placement placement) {
            return new PlacementRow(
                    environment,
                    placement.current(),
                    placement.since(),
                    placement.firstSucceededAt(),
                    placement.deployment(),
                    release.locks().get(environment).deployment(),
                    placement.linkedFrom(),
                    placement.linePosition());
        }

        Lock lock() {
            return new Lock(firstDeployment, firstSucceededAt);
        }

        Placement placement() {
            return new Placement(current, since, firstSucceededAt, deployment, linkedFrom, linePosition);
        }
    }

    static Application application(String id, long revision, long releases, String state) {
        ApplicationRow row = APPLICATIONS.read(state);
        return new Application(
                id,
                revision,
                releases,
                row.pipeline,
                row.environments.stream().map(one -> one.environment(one.id)).toList(),
                row.dropped == null ? 0 : row.dropped);
    }

    /** The lowest that can express it: a version that knows no better must not take what lies elsewhere for gone. */
    static int format(Application application) {
        return application.droppedCount() == 0 ? 1 : 3;
    }

    static String of(Application application) {
        return APPLICATIONS.write(new ApplicationRow(
                application.pipeline(),
                application.environments().stream()
                        .filter(environment -> application.position(environment.id()) >= 0)
                        .map(environment -> EnvironmentRow.of(environment.id(), environment))
                        .toList(),
                application.droppedCount() == 0 ? null : application.droppedCount()));
    }

    static Environment environment(String id, String state) {
        return ENVIRONMENTS.read(state).environment(id);
    }

    static String of(Environment environment) {
        return ENVIRONMENTS.write(EnvironmentRow.of(null, environment));
    }

    static Release release(String id, String state) {
        ReleaseRow row = RELEASES.read(state);
        Map<String, Placement> placements = new LinkedHashMap<>();
        Map<String, Lock> locks = new LinkedHashMap<>();
        row.placements.forEach(one -> {
            placements.put(one.environment, one.placement());
            locks.put(one.environment, one.lock());
        });
        return new Release(
                id,
                row.title,
                row.description,
                row.artifactId,
                row.source,
                row.chainId,
                row.createdAt,
                row.createdBy,
                row.createdRevision,
                locks,
                placements,
                row.mark);
    }

    /** @throws IllegalStateException for a lock without a success at the same moment, which this format cannot express */
    static String of(Release release) {
        if (!release.locks().keySet().equals(release.placements().keySet())
                || release.locks().entrySet().stream().anyMatch(lock -> !lock.getValue()
                        .since()
                        .equals(release.placements().get(lock.getKey()).firstSucceededAt()))) {
            throw new IllegalStateException("a release that is locked by what did not succeed cannot be stored yet");
        }
        return RELEASES.write(new ReleaseRow(
                release.title(),
                release.description(),
                release.artifactId(),
                release.source(),
                release.chainId(),
                release.createdAt(),
                release.createdBy(),
                release.createdRevision(),
                release.placements().entrySet().stream()
                        .map(one -> PlacementRow.of(release, one.getKey(), one.getValue()))
                        .toList(),
                release.mark()));
    }

    /** Reads and writes one type. */
    private static final class Row<T> {
        private final ObjectReader reader;
        private final ObjectWriter writer;

        Row(Class<T> type) {
            reader = JSON.readerFor(type);
            writer = JSON.writerFor(type);
        }

        T read(String state) {
            try {
                return reader.readValue(state);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("stored state is unreadable", e);
            }
        }

        String write(T row) {
            try {
                return writer.writeValueAsString(row);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("state cannot be stored", e);
            }
        }
    }
}
