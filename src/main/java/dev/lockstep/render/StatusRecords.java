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
 * The complete current state of releases and environments, for the compacted topics (contract, section 6). Every member is
 * always present, null if it has no value.
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
        RecordFactory to = new RecordFactory(cause, home, application);
        List<OutgoingRecord> records = new ArrayList<>(
                1 + changes.releases().size() + changes.environments().size());
        if (changes.isApplicationChanged()) {
            records.add(to.record(
                    topics.applicationStatus(), APPLICATION_STATUS, application.id(), applicationBody(application)));
        }
        for (String id : changes.releases()) {
            Release release = application.releaseIfExists(id);
            records.add(
                    release == null
                            ? to.tombstone(topics.releaseStatus(), RELEASE_STATUS, id, "deleted")
                            : release(to, release));
        }
        for (String id : changes.environments()) {
            int position = application.position(id);
            records.add(
                    position < 0
                            ? to.tombstone(topics.deploymentStatus(), DEPLOYMENT_STATUS, id, "dropped")
                            : application.isArchived()
                                    ? to.tombstone(topics.deploymentStatus(), DEPLOYMENT_STATUS, id, ARCHIVED)
                                    : environment(to, position));
        }
        return records;
    }

    /** @return a record for each of these releases, archived ones excepted; they need not be loaded in the application */
    public List<OutgoingRecord> releases(Cause cause, int home, Application application, Collection<Release> releases) {
        RecordFactory to = new RecordFactory(cause, home, application);
        return releases.stream()
                .filter(release -> !release.isArchived())
                .map(release -> release(to, release))
                .toList();
    }

    /**
     * The revision does not change when only the reasons for waiting do. So the id also contains their digest, and the time, since
     * an earlier digest may recur.
     */
    private OutgoingRecord environment(RecordFactory to, int position) {
        String id = to.application.pipeline().idAt(position);
        String digest = to.application.environment(id).blockersDigest();
        return OutgoingRecord.of(
                topics.deploymentStatus(),
                to.home,
                to.key(id),
                environment(to.application, position, to.cause.context()),
                to.headers(
                        DEPLOYMENT_STATUS,
                        to.key(id),
                        digest == null
                                ? ""
                                : "/" + digest + "/" + to.cause.context().now()));
    }

    private OutgoingRecord release(RecordFactory to, Release release) {
        return release.isArchived() || to.application.isArchived()
                ? to.tombstone(topics.releaseStatus(), RELEASE_STATUS, release.id(), ARCHIVED)
                : to.record(
                        topics.releaseStatus(), RELEASE_STATUS, to.key(release.id()), release(to.application, release));
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
            headers.add(CloudEventHeaders.reason(reason));
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
        JsonWriter.writeText(json, "title", profile.title());
        JsonWriter.writeText(json, "description", profile.description());
        JsonWriter.writeText(json, "owner", profile.owner());
        JsonWriter.writeText(json, "url", profile.url());
    }

    private static byte[] release(Application application, Release release) {
        return JsonWriter.object(json -> {
            json.writeStringField("application", application.id());
            json.writeStringField("release", release.id());
            json.writeStringField("title", release.title());
            JsonWriter.writeText(json, "description", release.description());
            JsonWriter.writeText(json, "artifactId", release.artifactId());
            JsonWriter.writeSource(json, release.source());
            JsonWriter.writeText(json, "notes", release.annotations().notes());
            JsonWriter.writeTexts(json, "labels", release.annotations().labels());
            JsonWriter.writeTime(json, "createdAt", release.createdAt());
            JsonWriter.writeText(json, "createdBy", Actor.nameOf(release.createdBy()));
            json.writeBooleanField("deletable", !release.isLocked());
            Results.lockReasons(json, release.lockReasons());
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
            JsonWriter.writeText(json, "next", next.size() == 1 ? next.get(0) : null);
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
        JsonWriter.writeText(json, "deployment", placement == null ? null : placement.deployment());
        JsonWriter.writeText(json, "linkedFrom", placement == null ? null : placement.linkedFrom());
        json.writeEndObject();
    }

    private static byte[] environment(Application application, int position, DecisionContext context) {
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
            JsonWriter.writeText(json, "rollbackTo", environment.rollbackTarget());
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
        JsonWriter.writeText(json, "title", stage.title());
        JsonWriter.writeText(json, "tier", stage.tier());
    }

    static void writePolicy(JsonGenerator json, Stage stage) throws IOException {
        Policy policy = stage.policy();
        json.writeObjectFieldStart("policy");
        json.writeBooleanField("onlyNewer", policy.onlyNewer());
        json.writeStringField("completion", NameFormat.wireName(policy.completion()));
        JsonWriter.writeText(json, "timeout", policy.timeout());
        JsonWriter.writeText(json, "reportEvery", policy.reportEvery());
        json.writeStringField("whenBusy", NameFormat.wireName(policy.whenBusy()));
        json.writeNumberField("maxQueued", policy.maxQueued());
        json.writeStringField("onFailure", NameFormat.wireName(policy.onFailure()));
        JsonWriter.writeText(json, "soakTime", policy.soakTime());
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
        JsonWriter.writeText(json, "actor", Actor.nameOf(deployedRelease.actor()));
        json.writeEndObject();
    }

    private static void writeRevisionMembers(JsonGenerator json, Application application, LastChange lastChange)
            throws IOException {
        json.writeNumberField("revision", lastChange.revision());
        JsonWriter.writeTime(json, "updatedAt", lastChange.at());
        json.writeStringField("lastEventId", Ids.event(application.id(), lastChange.revision()));
    }
}
