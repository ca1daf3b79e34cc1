package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.Profile;
import dev.lockstep.domain.PromotionRules;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.common.NameFormat;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * The complete current state of applications, releases and environments, for the compacted topics (contract, section 6).
 * Every member is always present, null if it has no value.
 */
public final class StatusRecords {

    private static final String RELEASE_STATUS = "dev.lockstep.release-status.v1";
    private static final String DEPLOYMENT_STATUS = "dev.lockstep.deployment-status.v1";

    private static final String APPLICATION_STATUS = "dev.lockstep.application-status.v1";

    private static final String ARCHIVED = "archived";

    private final Topics topics;
    private final Header source;

    public StatusRecords(Topics topics, String source) {
        this.topics = topics;
        this.source = CloudEventHeaders.source(source);
    }

    /**
     * @param home the application's partition
     * @return a record for each release and environment that the command changed, and for the application if it did; tombstones
     *     for those that are gone
     */
    public List<OutgoingRecord> statuses(Cause cause, int home, Application application, Changes changes) {
        RecordFactory factory = new RecordFactory(cause, home, application);
        List<OutgoingRecord> records = new ArrayList<>(
                1 + changes.releases().size() + changes.environments().size());
        if (changes.isApplicationChanged()) {
            records.add(factory.record(
                    topics.applicationStatus(), APPLICATION_STATUS, application.id(), applicationBody(application)));
        }
        for (String id : changes.releases()) {
            Release release = application.releaseIfExists(id);
            records.add(
                    release == null
                            ? factory.tombstone(topics.releaseStatus(), RELEASE_STATUS, id, "deleted")
                            : releaseRecord(factory, release));
        }
        for (String id : changes.environments()) {
            int position = application.positionOf(id);
            records.add(
                    position < 0
                            ? factory.tombstone(topics.deploymentStatus(), DEPLOYMENT_STATUS, id, "dropped")
                            : application.isArchived()
                                    ? factory.tombstone(topics.deploymentStatus(), DEPLOYMENT_STATUS, id, ARCHIVED)
                                    : environmentRecord(factory, position));
        }
        return records;
    }

    /** @return a record for each of these releases, archived ones excepted; they need not be loaded in the application */
    public List<OutgoingRecord> releases(Cause cause, int home, Application application, Collection<Release> releases) {
        RecordFactory factory = new RecordFactory(cause, home, application);
        return releases.stream()
                .filter(release -> !release.isArchived())
                .map(release -> releaseRecord(factory, release))
                .toList();
    }

    /**
     * The revision does not change when only the reasons for waiting do. So the id also contains their digest, and the time, since
     * an earlier digest may recur.
     */
    private OutgoingRecord environmentRecord(RecordFactory factory, int position) {
        String id = factory.application.pipeline().idAt(position);
        String digest = factory.application.environment(id).blockersDigest();
        return OutgoingRecord.of(
                topics.deploymentStatus(),
                factory.home,
                factory.key(id),
                environmentBody(factory.application, position, factory.cause.context()),
                factory.headers(
                        DEPLOYMENT_STATUS,
                        factory.key(id),
                        digest == null
                                ? ""
                                : "/" + digest + "/" + factory.cause.context().now()));
    }

    private OutgoingRecord releaseRecord(RecordFactory factory, Release release) {
        return release.isArchived() || factory.application.isArchived()
                ? factory.tombstone(topics.releaseStatus(), RELEASE_STATUS, release.id(), ARCHIVED)
                : factory.record(
                        topics.releaseStatus(),
                        RELEASE_STATUS,
                        factory.key(release.id()),
                        releaseBody(factory.application, release));
    }

    /** The status records caused by one command. */
    private final class RecordFactory {
        private final Cause cause;
        private final int home;
        private final Application application;

        RecordFactory(Cause cause, int home, Application application) {
            this.cause = cause;
            this.home = home;
            this.application = application;
        }

        /** @return the key of a release or an environment */
        String key(String id) {
            return application.id() + "/" + id;
        }

        OutgoingRecord tombstone(String topic, String type, String id, String reason) {
            List<Header> headers = headers(type, key(id));
            headers.add(CloudEventHeaders.tombstoneReason(reason));
            return OutgoingRecord.of(topic, home, key(id), null, headers);
        }

        OutgoingRecord record(String topic, String type, String key, byte[] value) {
            return OutgoingRecord.of(topic, home, key, value, headers(type, key));
        }

        private List<Header> headers(String type, String key) {
            return headers(type, key, "");
        }

        private List<Header> headers(String type, String key, String idSuffix) {
            return CloudEventHeaders.of(
                    Ids.nameBasedUuid(type + "/" + key + "/" + application.revision() + idSuffix),
                    source,
                    type,
                    key,
                    application.id(),
                    application.revision(),
                    cause.headers());
        }
    }

    private static byte[] applicationBody(Application application) {
        return JsonWriter.object(json -> {
            json.writeStringField("application", application.id());
            writeProfile(json, application.profile());
            json.writeBooleanField("archived", application.isArchived());
            json.writeArrayFieldStart("pipeline");
            for (int i = 0; i < application.pipeline().size(); i++) {
                json.writeStartObject();
                writeStage(json, application.pipeline(), i);
                json.writeEndObject();
            }
            json.writeEndArray();
            writeKeep(json, application.keepSchedule().policy());
            writeRevisionMembers(json, application, application.lastChange());
        });
    }

    /** Writes every member, null if it is not set. */
    private static void writeProfile(JsonGenerator json, Profile profile) throws IOException {
        JsonWriter.writeTextOrNull(json, "title", profile.title());
        JsonWriter.writeTextOrNull(json, "description", profile.description());
        JsonWriter.writeTextOrNull(json, "owner", profile.owner());
        JsonWriter.writeTextOrNull(json, "url", profile.url());
    }

    private static byte[] releaseBody(Application application, Release release) {
        return JsonWriter.object(json -> {
            json.writeStringField("application", application.id());
            json.writeStringField("release", release.id());
            json.writeStringField("title", release.title());
            JsonWriter.writeTextOrNull(json, "description", release.description());
            JsonWriter.writeTextOrNull(json, "artifactId", release.artifactId());
            JsonWriter.writeSource(json, release.source());
            JsonWriter.writeTextOrNull(json, "notes", release.annotations().notes());
            JsonWriter.writeTexts(json, "labels", release.annotations().labels());
            JsonWriter.writeTime(json, "createdAt", release.createdAt());
            JsonWriter.writeTextOrNull(json, "createdBy", Actor.nameOf(release.createdBy()));
            json.writeBooleanField("deletable", !release.isLocked());
            Results.writeLockReasons(json, release.lockReasons());
            json.writeArrayFieldStart("placements");
            for (int i = 0; i < application.pipeline().size(); i++) {
                writePlacement(
                        json,
                        release,
                        application.environment(application.pipeline().idAt(i)),
                        i == 0);
            }
            json.writeEndArray();
            List<String> next = PromotionRules.nextEnvironments(application, release);
            JsonWriter.writeTextOrNull(json, "next", next.size() == 1 ? next.get(0) : null);
            JsonWriter.writeTexts(json, "nextEnvironments", next);
            json.writeNumberField("createdRevision", release.createdRevision());
            writeRevisionMembers(json, application, release.lastChange());
        });
    }

    private static void writePlacement(JsonGenerator json, Release release, Environment environment, boolean first)
            throws IOException {
        Placement placement = first ? null : release.placements().get(environment.id());
        json.writeStartObject();
        json.writeStringField("environment", environment.id());
        json.writeStringField(
                "status", first ? "present" : placement == null ? "none" : placement.isCurrent() ? "current" : "past");
        DeploymentJson.writeBrief(json, "active", environment.unfinishedDeploymentOf(release.id()));
        JsonWriter.writeTime(json, "since", first ? release.createdAt() : placement == null ? null : placement.since());
        JsonWriter.writeTime(json, "firstSucceededAt", placement == null ? null : placement.firstSucceededAt());
        JsonWriter.writeTextOrNull(json, "deployment", placement == null ? null : placement.deployment());
        JsonWriter.writeTextOrNull(json, "linkedFrom", placement == null ? null : placement.linkedFrom());
        json.writeEndObject();
    }

    private static byte[] environmentBody(Application application, int position, DecisionContext context) {
        Environment environment = application.environment(application.pipeline().idAt(position));
        return JsonWriter.object(json -> {
            json.writeStringField("application", application.id());
            json.writeObjectFieldStart("environment");
            writeStage(json, application.pipeline(), position);
            json.writeEndObject();
            writeDeployedRelease(json, "current", environment.current());
            writeDeployedRelease(json, "previous", environment.previous());
            DeploymentJson.write(json, "active", environment.inProgress());
            DeploymentJson.writeWaiting(json, application, environment, context);
            DeploymentJson.write(json, "lastDeployment", environment.lastDeployment());
            JsonWriter.writeTextOrNull(json, "rollbackTo", environment.rollbackTarget());
            writeRevisionMembers(json, application, environment.lastChange());
        });
    }

    /** What the pipeline says about a stage. */
    static void writeStage(JsonGenerator json, Pipeline pipeline, int position) throws IOException {
        Stage stage = pipeline.stageAt(position);
        writeDefinition(json, stage);
        json.writeNumberField("position", position);
        JsonWriter.writeTexts(json, "after", pipeline.declaredUpstreamOf(position));
        writePolicy(json, stage);
    }

    static void writeDefinition(JsonGenerator json, Stage stage) throws IOException {
        json.writeStringField("id", stage.id());
        JsonWriter.writeTextOrNull(json, "title", stage.title());
        JsonWriter.writeTextOrNull(json, "tier", stage.tier());
    }

    static void writePolicy(JsonGenerator json, Stage stage) throws IOException {
        Policy policy = stage.policy();
        json.writeObjectFieldStart("policy");
        json.writeBooleanField("onlyNewer", policy.onlyNewer());
        json.writeStringField("completion", NameFormat.wireName(policy.completion()));
        JsonWriter.writeTextOrNull(json, "timeout", policy.timeout());
        JsonWriter.writeTextOrNull(json, "reportEvery", policy.reportEvery());
        json.writeStringField("whenBusy", NameFormat.wireName(policy.whenBusy()));
        json.writeNumberField("maxQueued", policy.maxQueued());
        json.writeStringField("onFailure", NameFormat.wireName(policy.onFailure()));
        JsonWriter.writeTextOrNull(json, "soakTime", policy.soakTime());
        json.writeEndObject();
    }

    /** @param keep null for none */
    static void writeKeep(JsonGenerator json, KeepPolicy keep) throws IOException {
        if (keep == null) {
            json.writeNullField("keep");
            return;
        }
        json.writeObjectFieldStart("keep");
        json.writeNumberField("releases", keep.releases());
        json.writeNumberField("days", keep.days());
        json.writeEndObject();
    }

    private static void writeDeployedRelease(
            JsonGenerator json, String name, Environment.DeployedRelease deployedRelease) throws IOException {
        if (deployedRelease == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeStringField("release", deployedRelease.release());
        json.writeStringField("deployment", deployedRelease.deployment());
        JsonWriter.writeTime(json, "since", deployedRelease.since());
        JsonWriter.writeTextOrNull(json, "actor", Actor.nameOf(deployedRelease.actor()));
        json.writeEndObject();
    }

    private static void writeRevisionMembers(JsonGenerator json, Application application, LastChange lastChange)
            throws IOException {
        json.writeNumberField("revision", lastChange.revision());
        JsonWriter.writeTime(json, "updatedAt", lastChange.at());
        json.writeStringField("lastEventId", Ids.event(application.id(), lastChange.revision()));
    }
}
