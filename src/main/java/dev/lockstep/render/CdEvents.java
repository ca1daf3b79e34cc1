package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.Deployment;
import dev.lockstep.domain.Event;
import dev.lockstep.domain.Ids;
import dev.lockstep.domain.Profile;
import dev.lockstep.domain.Release;
import dev.lockstep.domain.Stage;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import org.apache.kafka.common.header.Header;

/** What happened, as CDEvents v0.5.1 (contract, section 6). Everything of ours sits in {@code customData.lockstep}. */
public final class CdEvents {

    private static final String SPEC_VERSION = "0.5.1";
    private static final JsonWriter.Body NOTHING = json -> {};

    private final Topics topics;
    private final String source;
    private final Header sourceHeader;

    public CdEvents(Topics topics, String source) {
        this.topics = topics;
        this.source = source;
        this.sourceHeader = CloudEventHeaders.source(source);
    }

    /**
     * @param home the application's partition
     * @param application as it is after the command
     */
    public OutgoingRecord event(CommandContext cause, int home, Application application, Changes.Numbered numbered) {
        Told told = numbered.event().accept(new Telling(application));
        String id = Ids.event(application.id(), numbered.revision());
        byte[] value = JsonWriter.object(json -> {
            json.writeObjectFieldStart("context");
            json.writeStringField("specversion", SPEC_VERSION);
            json.writeStringField("id", id);
            json.writeStringField("source", source);
            json.writeStringField("type", told.type);
            json.writeStringField("timestamp", cause.time());
            if (told.release != null) {
                JsonWriter.optional(json, "chainId", told.release.chainId());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("subject");
            json.writeStringField("id", told.subject);
            if (told.isOfItsApplication) {
                json.writeStringField("source", source + "/applications/" + application.id());
            }
            json.writeObjectFieldStart("content");
            told.content.write(json);
            json.writeEndObject();
            json.writeEndObject();
            json.writeObjectFieldStart("customData");
            ours(json, cause, application, told, numbered.revision());
            json.writeEndObject();
            json.writeStringField("customDataContentType", "application/json");
        });
        return OutgoingRecord.of(
                topics.events(),
                home,
                application.id(),
                value,
                CloudEventHeaders.of(
                        id, sourceHeader, told.type, told.subject, application.id(), numbered.revision(), cause));
    }

    /**
     * An event as CDEvents tell it.
     *
     * @param subject the id of what it is about
     * @param isOfItsApplication whether that id is told within the application
     * @param content of the subject
     * @param release that it is about, or null
     * @param details beside what all events have in common
     */
    private record Told(
            String type,
            String subject,
            boolean isOfItsApplication,
            JsonWriter.Body content,
            Release release,
            JsonWriter.Body details) {}

    private record Telling(Application application) implements Event.Visitor<Told> {

        @Override
        public Told environmentCreated(Event.EnvironmentCreated event) {
            return environment("created", event.stage(), event.position());
        }

        @Override
        public Told environmentModified(Event.EnvironmentModified event) {
            return environment("modified", event.stage(), event.position());
        }

        @Override
        public Told environmentDeleted(Event.EnvironmentDeleted event) {
            return environment("deleted", event.stage(), -1);
        }

        @Override
        public Told applicationUpdated(Event.ApplicationUpdated event) {
            return application("updated", event.profile());
        }

        @Override
        public Told applicationArchived(Event.ApplicationArchived event) {
            return application("archived", application.profile());
        }

        @Override
        public Told applicationUnarchived(Event.ApplicationUnarchived event) {
            return application("unarchived", application.profile());
        }

        @Override
        public Told releaseCreated(Event.ReleaseCreated event) {
            return release("created", event.release(), NOTHING);
        }

        @Override
        public Told releaseUpdated(Event.ReleaseUpdated event) {
            return release("updated", event.release(), NOTHING);
        }

        @Override
        public Told releaseAnnotated(Event.ReleaseAnnotated event) {
            return release("annotated", event.release(), NOTHING);
        }

        @Override
        public Told releaseArchived(Event.ReleaseArchived event) {
            return release("archived", event.release(), NOTHING);
        }

        @Override
        public Told releaseUnarchived(Event.ReleaseUnarchived event) {
            return release("unarchived", event.release(), NOTHING);
        }

        @Override
        public Told releaseDeleted(Event.ReleaseDeleted event) {
            return release("deleted", event.release(), NOTHING);
        }

        @Override
        public Told releaseLocked(Event.ReleaseLocked event) {
            return release("locked", event.release(), json -> CdEvents.deployment(json, event.deployment()));
        }

        @Override
        public Told serviceDeployed(Event.ServiceDeployed event) {
            Deployment.Request deployment = event.deployment().request();
            String what = deployment.previousRelease() == null
                    ? "deployed"
                    : deployment.action() == Deployment.Action.ROLLBACK ? "rolledback" : "upgraded";
            return deployment("dev.cdevents.service." + what + ".0.3.0", event.release(), event.deployment());
        }

        @Override
        public Told serviceRedeployed(Event.ServiceRedeployed event) {
            return deployment("dev.cdeventsx.lockstep-service.redeployed.0.1.0", event.release(), event.deployment());
        }

        @Override
        public Told serviceRemoved(Event.ServiceRemoved event) {
            return new Told(
                    "dev.cdevents.service.removed.0.3.0",
                    application.id(),
                    false,
                    json -> CdEvents.environment(json, event.environment()),
                    event.release(),
                    json -> json.writeStringField(
                            "previousRelease", event.release().id()));
        }

        /** @param position below 0 for one that left the pipeline */
        private Told environment(String what, Stage stage, int position) {
            return new Told(
                    "dev.cdevents.environment." + what + ".0.3.0",
                    stage.id(),
                    true,
                    json -> json.writeStringField("name", stage.title() == null ? stage.id() : stage.title()),
                    null,
                    json -> {
                        json.writeObjectFieldStart("environment");
                        if (position < 0) {
                            StatusRecords.definition(json, stage);
                            StatusRecords.policy(json, stage);
                        } else {
                            StatusRecords.stage(json, application.pipeline(), position);
                        }
                        json.writeEndObject();
                    });
        }

        private Told application(String what, Profile profile) {
            JsonWriter.Body content = json -> profile(json, profile);
            return new Told(
                    "dev.cdeventsx.lockstep-application." + what + ".0.1.0",
                    application.id(),
                    false,
                    content,
                    null,
                    content);
        }

        private Told release(String what, Release release, JsonWriter.Body details) {
            return new Told(
                    "dev.cdeventsx.lockstep-release." + what + ".0.1.0",
                    application.id() + "/" + release.id(),
                    false,
                    json -> releaseContent(json, release),
                    release,
                    details);
        }

        private Told deployment(String type, Release release, Deployment.Ended deployment) {
            return new Told(
                    type,
                    application.id(),
                    false,
                    json -> {
                        CdEvents.environment(json, deployment.request().environment());
                        json.writeStringField("artifactId", artifactId(application, release));
                    },
                    release,
                    json -> CdEvents.deployment(json, deployment));
        }
    }

    private static void profile(JsonGenerator json, Profile profile) throws IOException {
        JsonWriter.optional(json, "title", profile.title());
        JsonWriter.optional(json, "description", profile.description());
        JsonWriter.optional(json, "owner", profile.owner());
        JsonWriter.optional(json, "url", profile.url());
    }

    private static void releaseContent(JsonGenerator json, Release release) throws IOException {
        json.writeStringField("title", release.title());
        JsonWriter.optional(json, "description", release.description());
        JsonWriter.optional(json, "artifactId", release.artifactId());
    }

    private static void environment(JsonGenerator json, String id) throws IOException {
        json.writeObjectFieldStart("environment");
        json.writeStringField("id", id);
        json.writeEndObject();
    }

    private static void ours(
            JsonGenerator json, CommandContext cause, Application application, Told told, long revision)
            throws IOException {
        json.writeObjectFieldStart("lockstep");
        json.writeStringField("application", application.id());
        Release release = told.release;
        if (release != null) {
            json.writeStringField("release", release.id());
            json.writeNumberField("createdRevision", release.createdRevision());
            if (release.source() != null) {
                JsonWriter.source(json, release.source());
            }
            JsonWriter.optional(json, "notes", release.annotations().notes());
            if (!release.annotations().labels().isEmpty()) {
                JsonWriter.texts(json, "labels", release.annotations().labels());
            }
        }
        told.details.write(json);
        json.writeNumberField("revision", revision);
        json.writeStringField("commandId", cause.commandId());
        json.writeStringField("commandSource", cause.commandSource());
        JsonWriter.optional(json, "actor", cause.actor());
        JsonWriter.optional(json, "reason", cause.reason());
        json.writeEndObject();
    }

    private static void deployment(JsonGenerator json, Deployment.Ended deployment) throws IOException {
        DeploymentJson.write(json, "deployment", deployment);
        JsonWriter.optional(json, "previousRelease", deployment.request().previousRelease());
        JsonWriter.optional(json, "linkedFrom", deployment.request().linkedFrom());
    }

    /** The release's own purl, or one made of its names. */
    private static String artifactId(Application application, Release release) {
        return release.artifactId() != null
                ? release.artifactId()
                : "pkg:generic/" + encoded(application.id()) + "@" + encoded(release.id());
    }

    /** What of the alphabets of names is not written as it is in a part of a package URL; a colon is. */
    private static String encoded(String name) {
        return name.replace("+", "%2B").replace("@", "%40").replace("!", "%21").replace("/", "%2F");
    }
}
