package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.Environment;
import dev.lockstep.domain.Ids;
import dev.lockstep.domain.LastChange;
import dev.lockstep.domain.Placement;
import dev.lockstep.domain.PromotionRules;
import dev.lockstep.domain.Release;
import dev.lockstep.domain.Stage;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * The whole current state of releases and environments, for the compacted topics (contract, section 6). Every member is
 * always there, null where there is nothing to say.
 */
public final class StatusRecords {

    private static final String RELEASE_STATUS = "dev.lockstep.release-status.v1";
    private static final String DEPLOYMENT_STATUS = "dev.lockstep.deployment-status.v1";

    private final Topics topics;
    private final Header source;

    public StatusRecords(Topics topics, String source) {
        this.topics = topics;
        this.source = CloudEventHeaders.source(source);
    }

    /**
     * @param home the application's partition
     * @return a record for each release and environment that the command changed; tombstones for those that are gone
     */
    public List<OutgoingRecord> statuses(CommandContext cause, int home, Application application, Changes changes) {
        List<OutgoingRecord> records = new ArrayList<>(
                changes.releases().size() + changes.environments().size());
        for (String id : changes.releases()) {
            records.add(release(cause, home, application, id, application.release(id)));
        }
        for (String id : changes.environments()) {
            int position = application.position(id);
            byte[] value = position < 0 ? null : environment(application, position);
            records.add(record(topics.deploymentStatus(), DEPLOYMENT_STATUS, cause, home, application, id, value));
        }
        return records;
    }

    /** @return a record for each of these releases of the application, which need not be at hand there */
    public List<OutgoingRecord> releases(
            CommandContext cause, int home, Application application, Collection<Release> releases) {
        return releases.stream()
                .map(release -> release(cause, home, application, release.id(), release))
                .toList();
    }

    private OutgoingRecord release(
            CommandContext cause, int home, Application application, String id, Release release) {
        byte[] value = release == null ? null : release(application, release);
        return record(topics.releaseStatus(), RELEASE_STATUS, cause, home, application, id, value);
    }

    private OutgoingRecord record(
            String topic,
            String type,
            CommandContext cause,
            int home,
            Application application,
            String id,
            byte[] value) {
        String key = application.id() + "/" + id;
        return OutgoingRecord.of(
                topic,
                home,
                key,
                value,
                CloudEventHeaders.of(
                        Ids.named(type + "/" + key + "/" + application.revision()),
                        source,
                        type,
                        key,
                        application.id(),
                        application.revision(),
                        cause));
    }

    private static byte[] release(Application application, Release release) {
        return JsonWriter.object(json -> {
            json.writeStringField("application", application.id());
            json.writeStringField("release", release.id());
            json.writeStringField("title", release.title());
            JsonWriter.text(json, "description", release.description());
            JsonWriter.text(json, "artifactId", release.artifactId());
            JsonWriter.source(json, release.source());
            JsonWriter.time(json, "createdAt", release.createdAt());
            JsonWriter.text(json, "createdBy", release.createdBy());
            json.writeBooleanField("deletable", !release.locked());
            Results.lockReasons(json, release.lockReasons());
            json.writeArrayFieldStart("placements");
            List<Stage> pipeline = application.pipeline();
            for (int i = 0; i < pipeline.size(); i++) {
                placement(json, release, pipeline.get(i).id(), i == 0);
            }
            json.writeEndArray();
            JsonWriter.text(json, "next", PromotionRules.next(application, release));
            json.writeNumberField("createdRevision", release.createdRevision());
            mark(json, application, release.mark());
        });
    }

    private static void placement(JsonGenerator json, Release release, String environment, boolean first)
            throws IOException {
        Placement placement = first ? null : release.placements().get(environment);
        json.writeStartObject();
        json.writeStringField("environment", environment);
        json.writeStringField(
                "status", first ? "present" : placement == null ? "none" : placement.current() ? "current" : "past");
        json.writeNullField("active");
        JsonWriter.time(json, "since", first ? release.createdAt() : placement == null ? null : placement.since());
        JsonWriter.time(json, "firstSucceededAt", placement == null ? null : placement.firstSucceededAt());
        JsonWriter.text(json, "deployment", placement == null ? null : placement.deployment());
        JsonWriter.text(json, "linkedFrom", placement == null ? null : placement.linkedFrom());
        json.writeEndObject();
    }

    private static byte[] environment(Application application, int position) {
        Stage stage = application.pipeline().get(position);
        Environment environment = application.environment(stage.id());
        return JsonWriter.object(json -> {
            json.writeStringField("application", application.id());
            environment(json, stage, position);
            occupant(json, "current", environment.current());
            occupant(json, "previous", environment.previous());
            json.writeNullField("active");
            DeploymentJson.write(json, "lastDeployment", environment.lastDeployment());
            JsonWriter.text(json, "rollbackTo", environment.rollbackTo());
            mark(json, application, environment.mark());
        });
    }

    /** @param position the place in the pipeline from 0; below 0, one that was dropped, it is left out */
    static void environment(JsonGenerator json, Stage stage, int position) throws IOException {
        json.writeObjectFieldStart("environment");
        json.writeStringField("id", stage.id());
        JsonWriter.text(json, "tier", stage.tier());
        if (position >= 0) {
            json.writeNumberField("position", position);
        }
        json.writeEndObject();
    }

    private static void occupant(JsonGenerator json, String name, Environment.Occupant occupant) throws IOException {
        if (occupant == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeStringField("release", occupant.release());
        json.writeStringField("deployment", occupant.deployment());
        JsonWriter.time(json, "since", occupant.since());
        JsonWriter.text(json, "actor", occupant.actor());
        json.writeEndObject();
    }

    private static void mark(JsonGenerator json, Application application, LastChange mark) throws IOException {
        json.writeNumberField("revision", mark.revision());
        JsonWriter.time(json, "updatedAt", mark.at());
        json.writeStringField("lastEventId", Ids.event(application.id(), mark.revision()));
    }
}
