package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.Profile;
import dev.lockstep.domain.PromotionRules;
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
                            : application.archived()
                                    ? to.tombstone(topics.deploymentStatus(), DEPLOYMENT_STATUS, id, ARCHIVED)
                                    : to.record(
                                            topics.deploymentStatus(),
                                            DEPLOYMENT_STATUS,
                                            to.key(id),
                                            environment(application, position, cause.decision())));
        }
        return records;
    }

    /** @return a record for each of these releases, archived ones excepted; they need not be at hand in the application */
    public List<OutgoingRecord> releases(Cause cause, int home, Application application, Collection<Release> releases) {
        RecordFactory to = new RecordFactory(cause, home, application);
        return releases.stream()
                .filter(release -> !release.archived())
                .map(release -> release(to, release))
                .toList();
    }

    private OutgoingRecord release(RecordFactory to, Release release) {
        return release.archived() || to.application.archived()
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
            return CloudEventHeaders.of(
                    Ids.nameBasedUuid(type + "/" + key + "/" + application.revision()),
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
            profile(json, application.profile());
            json.writeBooleanField("archived", application.archived());
            json.writeArrayFieldStart("pipeline");
            for (int i = 0; i < application.pipeline().size(); i++) {
                json.writeStartObject();
                stage(json, application.pipeline(), i);
                json.writeEndObject();
            }
            json.writeEndArray();
            keep(json, application.keepSchedule().policy());
            revisionMembers(json, application, application.lastChange());
        });
    }

    /** Writes every member, null if it is not set. */
    private static void profile(JsonGenerator json, Profile profile) throws IOException {
        JsonWriter.text(json, "title", profile.title());
        JsonWriter.text(json, "description", profile.description());
        JsonWriter.text(json, "owner", profile.owner());
        JsonWriter.text(json, "url", profile.url());
    }

    private static byte[] release(Application application, Release release) {
        return JsonWriter.object(json -> {
            json.writeStringField("application", application.id());
            json.writeStringField("release", release.id());
            json.writeStringField("title", release.title());
            JsonWriter.text(json, "description", release.description());
            JsonWriter.text(json, "artifactId", release.artifactId());
            JsonWriter.source(json, release.source());
            JsonWriter.text(json, "notes", release.annotations().notes());
            JsonWriter.texts(json, "labels", release.annotations().labels());
            JsonWriter.time(json, "createdAt", release.createdAt());
            JsonWriter.text(json, "createdBy", release.createdBy());
            json.writeBooleanField("deletable", !release.locked());
            Results.lockReasons(json, release.lockReasons());
            json.writeArrayFieldStart("placements");
            for (int i = 0; i < application.pipeline().size(); i++) {
                placement(
                        json,
                        release,
                        application.environment(application.pipeline().id(i)),
                        i == 0);
            }
            json.writeEndArray();
            List<String> next = PromotionRules.nextEnvironments(application, release);
            JsonWriter.text(json, "next", next.size() == 1 ? next.get(0) : null);
            JsonWriter.texts(json, "nextEnvironments", next);
            json.writeNumberField("createdRevision", release.createdRevision());
            revisionMembers(json, application, release.lastChange());
        });
    }

    private static void placement(JsonGenerator json, Release release, Environment environment, boolean first)
            throws IOException {
        Placement placement = first ? null : release.placements().get(environment.id());
        json.writeStartObject();
        json.writeStringField("environment", environment.id());
        json.writeStringField(
                "status", first ? "present" : placement == null ? "none" : placement.current() ? "current" : "past");
        DeploymentJson.brief(json, "active", environment.unfinishedDeploymentOf(release.id()));
        JsonWriter.time(json, "since", first ? release.createdAt() : placement == null ? null : placement.since());
        JsonWriter.time(json, "firstSucceededAt", placement == null ? null : placement.firstSucceededAt());
        JsonWriter.text(json, "deployment", placement == null ? null : placement.deployment());
        JsonWriter.text(json, "linkedFrom", placement == null ? null : placement.linkedFrom());
        json.writeEndObject();
    }

    private static byte[] environment(Application application, int position, DecisionContext context) {
        Environment environment = application.environment(application.pipeline().id(position));
        return JsonWriter.object(json -> {
            json.writeStringField("application", application.id());
            json.writeObjectFieldStart("environment");
            stage(json, application.pipeline(), position);
            json.writeEndObject();
            occupant(json, "current", environment.current());
            occupant(json, "previous", environment.previous());
            DeploymentJson.write(json, "active", environment.active());
            DeploymentJson.waiting(json, application, environment, context);
            DeploymentJson.write(json, "lastDeployment", environment.lastDeployment());
            JsonWriter.text(json, "rollbackTo", environment.rollbackTo());
            revisionMembers(json, application, environment.lastChange());
        });
    }

    /** What the pipeline says about a stage. */
    static void stage(JsonGenerator json, Pipeline pipeline, int position) throws IOException {
        Stage stage = pipeline.stage(position);
        definition(json, stage);
        json.writeNumberField("position", position);
        JsonWriter.texts(json, "after", pipeline.declaredAfter(position));
        policy(json, stage);
    }

    static void definition(JsonGenerator json, Stage stage) throws IOException {
        json.writeStringField("id", stage.id());
        JsonWriter.text(json, "title", stage.title());
        JsonWriter.text(json, "tier", stage.tier());
    }

    static void policy(JsonGenerator json, Stage stage) throws IOException {
        Policy policy = stage.policy();
        json.writeObjectFieldStart("policy");
        json.writeBooleanField("onlyNewer", policy.onlyNewer());
        json.writeStringField("completion", NameFormat.wireName(policy.completion()));
        JsonWriter.text(json, "timeout", policy.timeout());
        JsonWriter.text(json, "reportEvery", policy.reportEvery());
        json.writeStringField("whenBusy", NameFormat.wireName(policy.whenBusy()));
        json.writeNumberField("maxQueued", policy.maxQueued());
        json.writeStringField("onFailure", NameFormat.wireName(policy.onFailure()));
        json.writeEndObject();
    }

    /** @param keep null for none */
    static void keep(JsonGenerator json, KeepPolicy keep) throws IOException {
        if (keep == null) {
            json.writeNullField("keep");
            return;
        }
        json.writeObjectFieldStart("keep");
        json.writeNumberField("releases", keep.releases());
        json.writeNumberField("days", keep.days());
        json.writeEndObject();
    }

    private static void occupant(JsonGenerator json, String name, Environment.DeployedRelease deployedRelease)
            throws IOException {
        if (deployedRelease == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeStringField("release", deployedRelease.release());
        json.writeStringField("deployment", deployedRelease.deployment());
        JsonWriter.time(json, "since", deployedRelease.since());
        JsonWriter.text(json, "actor", deployedRelease.actor());
        json.writeEndObject();
    }

    private static void revisionMembers(JsonGenerator json, Application application, LastChange lastChange)
            throws IOException {
        json.writeNumberField("revision", lastChange.revision());
        JsonWriter.time(json, "updatedAt", lastChange.at());
        json.writeStringField("lastEventId", Ids.event(application.id(), lastChange.revision()));
    }
}
