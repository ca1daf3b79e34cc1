package dev.lockstep.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Deployment;
import dev.lockstep.domain.Environment;
import dev.lockstep.domain.Line;
import dev.lockstep.domain.Mark;
import dev.lockstep.domain.Placement;
import dev.lockstep.domain.Release;
import dev.lockstep.domain.Source;
import dev.lockstep.domain.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON of the {@code state} columns. Lists, not objects, where order counts. */
final class StoredState {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();
    private static final ObjectReader APPLICATIONS = JSON.readerFor(StoredApplication.class);
    private static final ObjectWriter APPLICATION = JSON.writerFor(StoredApplication.class);
    private static final ObjectReader RELEASES = JSON.readerFor(StoredRelease.class);
    private static final ObjectWriter RELEASE = JSON.writerFor(StoredRelease.class);

    private StoredState() {}

    record StoredApplication(List<Stage> pipeline, List<StoredEnvironment> environments) {}

    /**
     * @param length of the line
     * @param end who stands at its end, and
     * @param beforeEnd before it: what most commands need, without a look at the line's own table
     */
    record StoredEnvironment(
            String id,
            Environment.Occupant current,
            List<Environment.Occupant> former,
            Deployment lastDeployment,
            int length,
            String end,
            String beforeEnd,
            Mark mark) {}

    record StoredRelease(
            String title,
            String description,
            String artifactId,
            Source source,
            String chainId,
            Instant createdAt,
            String createdBy,
            long createdRevision,
            List<StoredPlacement> placements,
            Mark mark) {}

    record StoredPlacement(String environment, Placement placement) {}

    static Application application(String id, long revision, long releases, String state) {
        StoredApplication stored = read(APPLICATIONS, state);
        List<Environment> environments = new ArrayList<>(stored.environments().size());
        for (StoredEnvironment e : stored.environments()) {
            Line line = new Line(e.length());
            if (e.end() != null) {
                line.know(e.length(), e.end());
            }
            if (e.beforeEnd() != null) {
                line.know(e.length() - 1, e.beforeEnd());
            }
            environments.add(new Environment(e.id(), e.current(), e.former(), e.lastDeployment(), line, e.mark()));
        }
        return new Application(id, revision, releases, stored.pipeline(), environments);
    }

    static String of(Application application) {
        List<StoredEnvironment> environments = new ArrayList<>();
        for (Environment e : application.environments()) {
            int length = e.line().length();
            environments.add(new StoredEnvironment(
                    e.id(),
                    e.current(),
                    e.former(),
                    e.lastDeployment(),
                    length,
                    e.line().at(length),
                    e.line().beforeEnd(),
                    e.mark()));
        }
        return write(APPLICATION, new StoredApplication(application.pipeline(), environments));
    }

    static Release release(String id, String state) {
        StoredRelease r = read(RELEASES, state);
        Map<String, Placement> placements = new LinkedHashMap<>();
        r.placements().forEach(p -> placements.put(p.environment(), p.placement()));
        return new Release(
                id,
                r.title(),
                r.description(),
                r.artifactId(),
                r.source(),
                r.chainId(),
                r.createdAt(),
                r.createdBy(),
                r.createdRevision(),
                placements,
                r.mark());
    }

    static String of(Release r) {
        List<StoredPlacement> placements = new ArrayList<>();
        r.placements().forEach((environment, placement) -> placements.add(new StoredPlacement(environment, placement)));
        return write(
                RELEASE,
                new StoredRelease(
                        r.title(),
                        r.description(),
                        r.artifactId(),
                        r.source(),
                        r.chainId(),
                        r.createdAt(),
                        r.createdBy(),
                        r.createdRevision(),
                        placements,
                        r.mark()));
    }

    private static <T> T read(ObjectReader reader, String json) {
        try {
            return reader.readValue(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored state is unreadable", e);
        }
    }

    private static String write(ObjectWriter writer, Object state) {
        try {
            return writer.writeValueAsString(state);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("state cannot be written", e);
        }
    }
}
