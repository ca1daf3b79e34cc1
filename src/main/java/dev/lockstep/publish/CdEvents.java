package dev.lockstep.publish;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.Deployment;
import dev.lockstep.domain.Event;
import dev.lockstep.domain.Ids;
import dev.lockstep.domain.Release;
import dev.lockstep.domain.Stage;
import dev.lockstep.outbox.OutRecord;
import java.io.IOException;
import org.apache.kafka.common.header.Header;

/** What happened, as CDEvents v0.5.1 (contract, section 6). Everything of ours sits in {@code customData.lockstep}. */
public final class CdEvents {

    private static final String SPEC_VERSION = "0.5.1";

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
    public OutRecord event(Cause cause, int home, Application application, Changes.Numbered numbered) {
        Event event = numbered.event();
        String type = type(event);
        String subject = subject(application, event);
        String id = Ids.event(application.id(), numbered.revision());
        byte[] value = Json.object(json -> {
            json.writeObjectFieldStart("context");
            json.writeStringField("specversion", SPEC_VERSION);
            json.writeStringField("id", id);
            json.writeStringField("source", source);
            json.writeStringField("type", type);
            json.writeStringField("timestamp", cause.time());
            Release release = release(event);
            if (release != null) {
                Json.optional(json, "chainId", release.chainId());
            }
            json.writeEndObject();
            subject(json, application, event, subject);
            json.writeObjectFieldStart("customData");
            ours(json, cause, application, numbered);
            json.writeEndObject();
            json.writeStringField("customDataContentType", "application/json");
        });
        return topics.record(
                topics.events(),
                home,
                application.id(),
                value,
                CloudEventHeaders.of(id, sourceHeader, type, subject, application.id(), numbered.revision(), cause));
    }

    private static String type(Event event) {
        if (event instanceof Event.OfEnvironment) {
            String what = event instanceof Event.EnvironmentCreated
                    ? "created"
                    : event instanceof Event.EnvironmentModified ? "modified" : "deleted";
            return "dev.cdevents.environment." + what + ".0.3.0";
        }
        if (event instanceof Event.OfRelease) {
            String what = event instanceof Event.ReleaseCreated
                    ? "created"
                    : event instanceof Event.ReleaseUpdated
                            ? "updated"
                            : event instanceof Event.ReleaseDeleted ? "deleted" : "locked";
            return "dev.cdeventsx.lockstep-release." + what + ".0.1.0";
        }
        if (event instanceof Event.ServiceDeployed service) {
            Deployment deployment = service.deployment();
            String what = deployment.previousRelease() == null
                    ? "deployed"
                    : deployment.action() == Deployment.Action.ROLLBACK ? "rolledback" : "upgraded";
            return "dev.cdevents.service." + what + ".0.3.0";
        }
        return "dev.cdevents.service.removed.0.3.0";
    }

    private static String subject(Application application, Event event) {
        if (event instanceof Event.OfEnvironment environment) {
            return environment.stage().id();
        }
        return event instanceof Event.OfRelease release
                ? application.id() + "/" + release.release().id()
                : application.id();
    }

    private static Release release(Event event) {
        if (event instanceof Event.OfRelease change) {
            return change.release();
        }
        if (event instanceof Event.ServiceDeployed deployed) {
            return deployed.release();
        }
        return event instanceof Event.ServiceRemoved removed ? removed.release() : null;
    }

    private static Deployment deployment(Event event) {
        if (event instanceof Event.ServiceDeployed deployed) {
            return deployed.deployment();
        }
        return event instanceof Event.ReleaseLocked locked ? locked.deployment() : null;
    }

    private void subject(JsonGenerator json, Application application, Event event, String id) throws IOException {
        json.writeObjectFieldStart("subject");
        json.writeStringField("id", id);
        if (event instanceof Event.OfEnvironment) {
            json.writeStringField("source", source + "/applications/" + application.id());
        }
        json.writeObjectFieldStart("content");
        if (event instanceof Event.OfEnvironment environment) {
            json.writeStringField("name", environment.stage().id());
        } else if (event instanceof Event.OfRelease change) {
            releaseContent(json, change.release());
        } else if (event instanceof Event.ServiceDeployed deployed) {
            environment(json, deployed.deployment().environment());
            json.writeStringField("artifactId", artifactId(application, deployed.release()));
        } else if (event instanceof Event.ServiceRemoved removed) {
            environment(json, removed.environment());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void releaseContent(JsonGenerator json, Release release) throws IOException {
        json.writeStringField("title", release.title());
        Json.optional(json, "description", release.description());
        Json.optional(json, "artifactId", release.artifactId());
    }

    private static void environment(JsonGenerator json, String id) throws IOException {
        json.writeObjectFieldStart("environment");
        json.writeStringField("id", id);
        json.writeEndObject();
    }

    private static void ours(JsonGenerator json, Cause cause, Application application, Changes.Numbered numbered)
            throws IOException {
        Event event = numbered.event();
        Release release = release(event);
        Deployment deployment = deployment(event);
        json.writeObjectFieldStart("lockstep");
        json.writeStringField("application", application.id());
        if (release != null) {
            json.writeStringField("release", release.id());
            json.writeNumberField("createdRevision", release.createdRevision());
            if (release.source() != null) {
                Json.source(json, release.source());
            }
        }
        if (event instanceof Event.OfEnvironment change) {
            Stage stage = change.stage();
            StatusRecords.environment(json, stage, application.position(stage.id()));
        }
        if (deployment != null) {
            Deployments.write(json, "deployment", deployment);
            Json.optional(json, "previousRelease", deployment.previousRelease());
            Json.optional(json, "linkedFrom", deployment.linkedFrom());
        } else if (event instanceof Event.ServiceRemoved removed) {
            json.writeStringField("previousRelease", removed.release().id());
        }
        json.writeNumberField("revision", numbered.revision());
        json.writeStringField("commandId", cause.commandId());
        json.writeStringField("commandSource", cause.commandSource());
        Json.optional(json, "actor", cause.actor());
        Json.optional(json, "reason", cause.reason());
        json.writeEndObject();
    }

    /** The release's own purl, or one made of its names, in which only {@code +} wants encoding. */
    private static String artifactId(Application application, Release release) {
        return release.artifactId() != null
                ? release.artifactId()
                : "pkg:generic/" + application.id() + "@" + release.id().replace("+", "%2B");
    }
}
