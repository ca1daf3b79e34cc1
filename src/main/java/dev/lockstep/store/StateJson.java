package dev.lockstep.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SegmentedStringWriter;
import com.fasterxml.jackson.core.util.BufferRecycler;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Deployment;
import dev.lockstep.domain.Environment;
import dev.lockstep.domain.LastChange;
import dev.lockstep.domain.Placement;
import dev.lockstep.domain.Release;
import dev.lockstep.domain.Source;
import dev.lockstep.domain.Stage;
import dev.lockstep.domain.SuccessLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON of the {@code state} columns. Times are milliseconds since 1970; what is null is left out; unknown members are
 * skipped, so that a worker can read what a later one wrote.
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

    private static final JsonFactory FACTORY = new JsonFactory();

    private StateJson() {}

    static Application application(String id, long revision, long releases, String state) {
        return read(state, json -> {
            List<Stage> pipeline = List.of();
            List<Environment> environments = List.of();
            int dropped = 0;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                switch (member(json)) {
                    case "pipeline" -> pipeline = list(json, StateJson::stage);
                    case "environments" -> environments = list(json, item -> environment(item, null));
                    case "dropped" -> dropped = json.getIntValue();
                    default -> json.skipChildren();
                }
            }
            return new Application(id, revision, releases, pipeline, environments, dropped);
        });
    }

    /** The lowest that can express it: a version that knows no better must not take what lies elsewhere for gone. */
    static int format(Application application) {
        return application.droppedCount() == 0 ? 1 : 3;
    }

    static String of(Application application) {
        return write(json -> {
            json.writeArrayFieldStart("pipeline");
            for (Stage stage : application.pipeline()) {
                json.writeStartObject();
                text(json, "id", stage.id());
                text(json, "tier", stage.tier());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("environments");
            for (Environment environment : application.environments()) {
                if (application.position(environment.id()) >= 0) {
                    json.writeStartObject();
                    text(json, "id", environment.id());
                    members(json, environment);
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            if (application.droppedCount() > 0) {
                json.writeNumberField("dropped", application.droppedCount());
            }
        });
    }

    static Environment environment(String id, String state) {
        return read(state, json -> environment(json, id));
    }

    static String of(Environment environment) {
        return write(json -> members(json, environment));
    }

    static Release release(String id, String state) {
        return read(state, json -> {
            String title = null;
            String description = null;
            String artifactId = null;
            Source source = null;
            String chainId = null;
            Instant createdAt = null;
            String createdBy = null;
            long createdRevision = 0;
            Map<String, Placement> placements = Map.of();
            LastChange mark = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                switch (member(json)) {
                    case "title" -> title = json.getText();
                    case "description" -> description = json.getText();
                    case "artifactId" -> artifactId = json.getText();
                    case "source" -> source = source(json);
                    case "chainId" -> chainId = json.getText();
                    case "createdAt" -> createdAt = time(json);
                    case "createdBy" -> createdBy = json.getText();
                    case "createdRevision" -> createdRevision = json.getLongValue();
                    case "placements" -> placements = placements(json);
                    case "mark" -> mark = mark(json);
                    default -> json.skipChildren();
                }
            }
            return new Release(
                    id,
                    title,
                    description,
                    artifactId,
                    source,
                    chainId,
                    createdAt,
                    createdBy,
                    createdRevision,
                    placements,
                    mark);
        });
    }

    static String of(Release release) {
        return write(json -> {
            text(json, "title", release.title());
            text(json, "description", release.description());
            text(json, "artifactId", release.artifactId());
            write(json, release.source());
            text(json, "chainId", release.chainId());
            time(json, "createdAt", release.createdAt());
            text(json, "createdBy", release.createdBy());
            json.writeNumberField("createdRevision", release.createdRevision());
            json.writeArrayFieldStart("placements"); // their order counts
            for (Map.Entry<String, Placement> placement : release.placements().entrySet()) {
                write(json, placement.getKey(), placement.getValue());
            }
            json.writeEndArray();
            write(json, release.mark());
        });
    }

    private static Stage stage(JsonParser json) throws IOException {
        String id = null;
        String tier = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (member(json)) {
                case "id" -> id = json.getText();
                case "tier" -> tier = json.getText();
                default -> json.skipChildren();
            }
        }
        return new Stage(id, tier);
    }

    /** Who stands at the end of a line, and before it: what most commands need, without a look at the line's own table. */
    private static void members(JsonGenerator json, Environment environment) throws IOException {
        SuccessLine line = environment.line();
        write(json, "current", environment.current());
        json.writeArrayFieldStart("former");
        for (Environment.Occupant occupant : environment.former()) {
            json.writeStartObject();
            members(json, occupant);
            json.writeEndObject();
        }
        json.writeEndArray();
        write(json, environment.lastDeployment());
        json.writeNumberField("length", line.length());
        text(json, "end", line.at(line.length()));
        text(json, "beforeEnd", line.beforeEnd());
        write(json, environment.mark());
    }

    /** @param elsewhere the id when the state does not have it */
    private static Environment environment(JsonParser json, String elsewhere) throws IOException {
        String id = elsewhere;
        Environment.Occupant current = null;
        List<Environment.Occupant> former = List.of();
        Deployment lastDeployment = null;
        int length = 0;
        String end = null;
        String beforeEnd = null;
        LastChange mark = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (member(json)) {
                case "id" -> id = json.getText();
                case "current" -> current = occupant(json);
                case "former" -> former = list(json, StateJson::occupant);
                case "lastDeployment" -> lastDeployment = deployment(json);
                case "length" -> length = json.getIntValue();
                case "end" -> end = json.getText();
                case "beforeEnd" -> beforeEnd = json.getText();
                case "mark" -> mark = mark(json);
                default -> json.skipChildren();
            }
        }
        SuccessLine line = new SuccessLine(length);
        if (end != null) {
            line.know(length, end);
        }
        if (beforeEnd != null) {
            line.know(length - 1, beforeEnd);
        }
        return new Environment(id, current, former, lastDeployment, line, mark);
    }

    private static void write(JsonGenerator json, String name, Environment.Occupant occupant) throws IOException {
        if (occupant != null) {
            json.writeObjectFieldStart(name);
            members(json, occupant);
            json.writeEndObject();
        }
    }

    private static void members(JsonGenerator json, Environment.Occupant occupant) throws IOException {
        text(json, "release", occupant.release());
        text(json, "deployment", occupant.deployment());
        time(json, "since", occupant.since());
        text(json, "actor", occupant.actor());
    }

    private static Environment.Occupant occupant(JsonParser json) throws IOException {
        String release = null;
        String deployment = null;
        Instant since = null;
        String actor = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (member(json)) {
                case "release" -> release = json.getText();
                case "deployment" -> deployment = json.getText();
                case "since" -> since = time(json);
                case "actor" -> actor = json.getText();
                default -> json.skipChildren();
            }
        }
        return new Environment.Occupant(release, deployment, since, actor);
    }

    private static void write(JsonGenerator json, Deployment deployment) throws IOException {
        if (deployment == null) {
            return;
        }
        json.writeObjectFieldStart("lastDeployment");
        text(json, "id", deployment.id());
        text(json, "release", deployment.release());
        text(json, "environment", deployment.environment());
        text(json, "status", deployment.status().name());
        text(json, "action", deployment.action().name());
        text(json, "previousRelease", deployment.previousRelease());
        text(json, "linkedFrom", deployment.linkedFrom());
        text(json, "actor", deployment.actor());
        text(json, "reason", deployment.reason());
        write(json, deployment.source());
        time(json, "createdAt", deployment.createdAt());
        time(json, "startedAt", deployment.startedAt());
        time(json, "finishedAt", deployment.finishedAt());
        json.writeEndObject();
    }

    private static Deployment deployment(JsonParser json) throws IOException {
        String id = null;
        String release = null;
        String environment = null;
        Deployment.Status status = null;
        Deployment.Action action = null;
        String previousRelease = null;
        String linkedFrom = null;
        String actor = null;
        String reason = null;
        Source source = null;
        Instant createdAt = null;
        Instant startedAt = null;
        Instant finishedAt = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (member(json)) {
                case "id" -> id = json.getText();
                case "release" -> release = json.getText();
                case "environment" -> environment = json.getText();
                case "status" -> status = Deployment.Status.valueOf(json.getText());
                case "action" -> action = Deployment.Action.valueOf(json.getText());
                case "previousRelease" -> previousRelease = json.getText();
                case "linkedFrom" -> linkedFrom = json.getText();
                case "actor" -> actor = json.getText();
                case "reason" -> reason = json.getText();
                case "source" -> source = source(json);
                case "createdAt" -> createdAt = time(json);
                case "startedAt" -> startedAt = time(json);
                case "finishedAt" -> finishedAt = time(json);
                default -> json.skipChildren();
            }
        }
        return new Deployment(
                id,
                release,
                environment,
                status,
                action,
                previousRelease,
                linkedFrom,
                actor,
                reason,
                source,
                createdAt,
                startedAt,
                finishedAt);
    }

    private static void write(JsonGenerator json, String environment, Placement placement) throws IOException {
        json.writeStartObject();
        text(json, "environment", environment);
        json.writeBooleanField("current", placement.current());
        time(json, "since", placement.since());
        time(json, "firstSucceededAt", placement.firstSucceededAt());
        text(json, "deployment", placement.deployment());
        text(json, "firstDeployment", placement.firstDeployment());
        text(json, "linkedFrom", placement.linkedFrom());
        json.writeNumberField("linePosition", placement.linePosition());
        json.writeEndObject();
    }

    private static Map<String, Placement> placements(JsonParser json) throws IOException {
        Map<String, Placement> placements = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String environment = null;
            boolean current = false;
            Instant since = null;
            Instant firstSucceededAt = null;
            String deployment = null;
            String firstDeployment = null;
            String linkedFrom = null;
            int linePosition = 0;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                switch (member(json)) {
                    case "environment" -> environment = json.getText();
                    case "current" -> current = json.getBooleanValue();
                    case "since" -> since = time(json);
                    case "firstSucceededAt" -> firstSucceededAt = time(json);
                    case "deployment" -> deployment = json.getText();
                    case "firstDeployment" -> firstDeployment = json.getText();
                    case "linkedFrom" -> linkedFrom = json.getText();
                    case "linePosition" -> linePosition = json.getIntValue();
                    default -> json.skipChildren();
                }
            }
            placements.put(
                    environment,
                    new Placement(
                            current, since, firstSucceededAt, deployment, firstDeployment, linkedFrom, linePosition));
        }
        return placements;
    }

    private static void write(JsonGenerator json, Source source) throws IOException {
        if (source == null) {
            return;
        }
        json.writeObjectFieldStart("source");
        text(json, "repoUrl", source.repoUrl());
        text(json, "commitSha", source.commitSha());
        text(json, "ref", source.ref());
        text(json, "committedAt", source.committedAt());
        json.writeEndObject();
    }

    private static Source source(JsonParser json) throws IOException {
        String repoUrl = null;
        String commitSha = null;
        String ref = null;
        String committedAt = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (member(json)) {
                case "repoUrl" -> repoUrl = json.getText();
                case "commitSha" -> commitSha = json.getText();
                case "ref" -> ref = json.getText();
                case "committedAt" -> committedAt = json.getText();
                default -> json.skipChildren();
            }
        }
        return new Source(repoUrl, commitSha, ref, committedAt);
    }

    private static void write(JsonGenerator json, LastChange mark) throws IOException {
        if (mark != null) {
            json.writeObjectFieldStart("mark");
            json.writeNumberField("revision", mark.revision());
            time(json, "at", mark.at());
            json.writeEndObject();
        }
    }

    private static LastChange mark(JsonParser json) throws IOException {
        long revision = 0;
        Instant at = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (member(json)) {
                case "revision" -> revision = json.getLongValue();
                case "at" -> at = time(json);
                default -> json.skipChildren();
            }
        }
        return new LastChange(revision, at);
    }

    private static void text(JsonGenerator json, String name, String valueOrNull) throws IOException {
        if (valueOrNull != null) {
            json.writeStringField(name, valueOrNull);
        }
    }

    private static void time(JsonGenerator json, String name, Instant valueOrNull) throws IOException {
        if (valueOrNull != null) {
            json.writeNumberField(name, valueOrNull.toEpochMilli());
        }
    }

    private static Instant time(JsonParser json) throws IOException {
        return Instant.ofEpochMilli(json.getLongValue());
    }

    /** The name of the member that the parser stands at; moves it on to the value. */
    private static String member(JsonParser json) throws IOException {
        String name = json.currentName();
        json.nextToken();
        return name;
    }

    private static <T> List<T> list(JsonParser json, Reading<T> item) throws IOException {
        List<T> items = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            items.add(item.read(json));
        }
        return items;
    }

    private interface Reading<T> {
        T read(JsonParser json) throws IOException;
    }

    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    private static <T> T read(String state, Reading<T> content) {
        try (JsonParser json = FACTORY.createParser(state)) {
            json.nextToken();
            return content.read(json);
        } catch (IOException e) {
            throw new IllegalStateException("stored state is unreadable", e);
        }
    }

    private static String write(Writing content) {
        BufferRecycler buffers = FACTORY._getBufferRecycler();
        try (SegmentedStringWriter out = new SegmentedStringWriter(buffers);
                JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
            json.flush();
            return out.getAndClear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            buffers.releaseToPool();
        }
    }
}
