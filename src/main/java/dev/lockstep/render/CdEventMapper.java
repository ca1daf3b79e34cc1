package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Event;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.Profile;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Release;
import java.io.IOException;
import java.util.List;

/**
 * Maps each domain event to its CDEvent (contract, section 6).
 *
 * @param application the application after the command
 */
record CdEventMapper(Application application) implements Event.Visitor<CdEventMapper.MappedEvent> {

    private static final JsonWriter.Body NOTHING = json -> {};
    private static final String DEPLOYMENT_TYPE_PREFIX = "dev.cdeventsx.lockstep-deployment.";
    private static final String VERSION = ".0.1.0";

    /**
     * An event in the form of a CDEvent.
     *
     * @param subjectId the id of what it is about
     * @param isScopedToApplication whether that id is unique only within the application
     * @param content the subject's content
     * @param release the release that it is about, or null
     * @param deployment the deployment that it is about, or null
     * @param customData the data beyond what all events have in common
     */
    record MappedEvent(
            String type,
            String subjectId,
            boolean isScopedToApplication,
            JsonWriter.Body content,
            Release release,
            Deployment deployment,
            JsonWriter.Body customData) {}

    @Override
    public MappedEvent environmentCreated(Event.EnvironmentCreated event) {
        return environmentEvent("created", event.stage(), event.position());
    }

    @Override
    public MappedEvent environmentModified(Event.EnvironmentModified event) {
        return environmentEvent("modified", event.stage(), event.position());
    }

    @Override
    public MappedEvent environmentDeleted(Event.EnvironmentDeleted event) {
        return environmentEvent("deleted", event.stage(), -1);
    }

    @Override
    public MappedEvent applicationUpdated(Event.ApplicationUpdated event) {
        return applicationEvent("updated", event.profile(), event.keep());
    }

    @Override
    public MappedEvent applicationArchived(Event.ApplicationArchived event) {
        return applicationEvent(
                "archived", application.profile(), application.keepSchedule().policy());
    }

    @Override
    public MappedEvent applicationUnarchived(Event.ApplicationUnarchived event) {
        return applicationEvent(
                "unarchived", application.profile(), application.keepSchedule().policy());
    }

    @Override
    public MappedEvent releaseCreated(Event.ReleaseCreated event) {
        return releaseEvent("created", event.release(), null, NOTHING);
    }

    @Override
    public MappedEvent releaseUpdated(Event.ReleaseUpdated event) {
        return releaseEvent("updated", event.release(), null, NOTHING);
    }

    @Override
    public MappedEvent releaseAnnotated(Event.ReleaseAnnotated event) {
        return releaseEvent("annotated", event.release(), null, NOTHING);
    }

    @Override
    public MappedEvent releaseArchived(Event.ReleaseArchived event) {
        return releaseEvent("archived", event.release(), null, NOTHING);
    }

    @Override
    public MappedEvent releaseUnarchived(Event.ReleaseUnarchived event) {
        return releaseEvent("unarchived", event.release(), null, NOTHING);
    }

    @Override
    public MappedEvent releaseDeleted(Event.ReleaseDeleted event) {
        return releaseEvent("deleted", event.release(), null, NOTHING);
    }

    @Override
    public MappedEvent releaseLocked(Event.ReleaseLocked event) {
        return releaseEvent("locked", event.release(), event.deployment());
    }

    @Override
    public MappedEvent releaseUnlocked(Event.ReleaseUnlocked event) {
        return releaseEvent("unlocked", event.release(), event.deployment());
    }

    @Override
    public MappedEvent deploymentQueued(Event.DeploymentQueued event) {
        return waitingEvent("queued", event.release(), event.deployment(), event.blockedBy());
    }

    @Override
    public MappedEvent deploymentWaiting(Event.DeploymentWaiting event) {
        return waitingEvent("waiting", event.release(), event.deployment(), event.blockedBy());
    }

    @Override
    public MappedEvent deploymentStarted(Event.DeploymentStarted event) {
        return lifecycleEvent("started", event.release(), event.deployment());
    }

    @Override
    public MappedEvent deploymentUpdated(Event.DeploymentUpdated event) {
        return lifecycleEvent("updated", event.release(), event.deployment());
    }

    @Override
    public MappedEvent deploymentCancelRequested(Event.DeploymentCancelRequested event) {
        return lifecycleEvent("cancelrequested", event.release(), event.deployment());
    }

    @Override
    public MappedEvent deploymentFinished(Event.DeploymentFinished event) {
        return lifecycleEvent("finished", event.release(), event.deployment());
    }

    @Override
    public MappedEvent serviceDeployed(Event.ServiceDeployed event) {
        Deployment.Start start = event.deployment().start();
        String predicate = start.previousRelease() == null
                ? "deployed"
                : start.action() == Deployment.Action.ROLLBACK ? "rolledback" : "upgraded";
        return serviceEvent("dev.cdevents.service." + predicate + ".0.3.0", event.release(), event.deployment());
    }

    @Override
    public MappedEvent serviceRedeployed(Event.ServiceRedeployed event) {
        return serviceEvent("dev.cdeventsx.lockstep-service.redeployed.0.1.0", event.release(), event.deployment());
    }

    @Override
    public MappedEvent serviceRemoved(Event.ServiceRemoved event) {
        return new MappedEvent(
                "dev.cdevents.service.removed.0.3.0",
                application.id(),
                false,
                json -> writeEnvironmentContent(json, event.environment()),
                event.release(),
                event.deployment(),
                json -> {
                    if (event.deployment() != null) {
                        DeploymentJson.write(json, "deployment", event.deployment());
                    }
                    json.writeStringField("previousRelease", event.release().id());
                });
    }

    /** @param position below 0 for an environment that left the pipeline */
    private MappedEvent environmentEvent(String predicate, Stage stage, int position) {
        return new MappedEvent(
                "dev.cdevents.environment." + predicate + ".0.3.0",
                stage.id(),
                true,
                json -> json.writeStringField("name", stage.title() == null ? stage.id() : stage.title()),
                null,
                null,
                json -> {
                    json.writeObjectFieldStart("environment");
                    if (position < 0) {
                        StatusRecords.writeDefinition(json, stage);
                        StatusRecords.writePolicy(json, stage);
                    } else {
                        StatusRecords.writeStage(json, application.pipeline(), position);
                    }
                    json.writeEndObject();
                });
    }

    /** @param keep null for none */
    private MappedEvent applicationEvent(String predicate, Profile profile, KeepPolicy keep) {
        JsonWriter.Body content = json -> writeProfile(json, profile);
        return new MappedEvent(
                "dev.cdeventsx.lockstep-application." + predicate + ".0.1.0",
                application.id(),
                false,
                content,
                null,
                null,
                json -> {
                    content.write(json);
                    if (keep != null) {
                        StatusRecords.writeKeep(json, keep);
                    }
                });
    }

    private MappedEvent releaseEvent(String predicate, Release release, Deployment deployment) {
        return releaseEvent(predicate, release, deployment, json -> writeDetails(json, deployment));
    }

    private MappedEvent releaseEvent(
            String predicate, Release release, Deployment deployment, JsonWriter.Body details) {
        return new MappedEvent(
                "dev.cdeventsx.lockstep-release." + predicate + ".0.1.0",
                application.id() + "/" + release.id(),
                false,
                json -> writeReleaseContent(json, release),
                release,
                deployment,
                details);
    }

    private MappedEvent serviceEvent(String type, Release release, Deployment deployment) {
        return deploymentEvent(
                type, application.id(), release, deployment, json -> {}, json -> writeDetails(json, deployment));
    }

    /** Something that happened to a deployment itself. */
    private MappedEvent lifecycleEvent(String predicate, Release release, Deployment deployment) {
        return deploymentEvent(
                DEPLOYMENT_TYPE_PREFIX + predicate + VERSION,
                deployment.request().id(),
                release,
                deployment,
                json -> writeOutcome(json, deployment.outcome()),
                json -> writeDetails(json, deployment));
    }

    private MappedEvent waitingEvent(
            String predicate, Release release, Deployment deployment, List<Blocker> blockedBy) {
        return deploymentEvent(
                DEPLOYMENT_TYPE_PREFIX + predicate + VERSION,
                deployment.request().id(),
                release,
                deployment,
                json -> {},
                json -> DeploymentJson.write(json, "deployment", deployment, blockedBy));
    }

    private MappedEvent deploymentEvent(
            String type,
            String subject,
            Release release,
            Deployment deployment,
            JsonWriter.Body moreContent,
            JsonWriter.Body details) {
        return new MappedEvent(
                type,
                subject,
                false,
                json -> {
                    writeEnvironmentContent(json, deployment.request().environment());
                    json.writeStringField("artifactId", artifactId(application, release));
                    moreContent.write(json);
                },
                release,
                deployment,
                details);
    }

    /** The CDEvents outcome of a deployment that has ended. */
    private static void writeOutcome(JsonGenerator json, Deployment.StatusDetail outcome) throws IOException {
        String word =
                switch (outcome.status()) {
                    case PENDING, IN_PROGRESS -> null;
                    case SUCCEEDED -> "success";
                    case FAILED -> outcome.failureKind() == Deployment.FailureKind.FAILED ? "failure" : "error";
                    case CANCELLED, SUPERSEDED, EXPIRED -> "cancel";
                };
        JsonWriter.writeTextIfPresent(json, "outcome", word);
    }

    private static void writeProfile(JsonGenerator json, Profile profile) throws IOException {
        JsonWriter.writeTextIfPresent(json, "title", profile.title());
        JsonWriter.writeTextIfPresent(json, "description", profile.description());
        JsonWriter.writeTextIfPresent(json, "owner", profile.owner());
        JsonWriter.writeTextIfPresent(json, "url", profile.url());
    }

    private static void writeReleaseContent(JsonGenerator json, Release release) throws IOException {
        json.writeStringField("title", release.title());
        JsonWriter.writeTextIfPresent(json, "description", release.description());
        JsonWriter.writeTextIfPresent(json, "artifactId", release.artifactId());
    }

    private static void writeEnvironmentContent(JsonGenerator json, String id) throws IOException {
        json.writeObjectFieldStart("environment");
        json.writeStringField("id", id);
        json.writeEndObject();
    }

    private static void writeDetails(JsonGenerator json, Deployment deployment) throws IOException {
        DeploymentJson.write(json, "deployment", deployment);
        if (deployment.start() != null) {
            JsonWriter.writeTextIfPresent(
                    json, "previousRelease", deployment.start().previousRelease());
            JsonWriter.writeTextIfPresent(json, "linkedFrom", deployment.start().linkedFrom());
        }
    }

    /** The release's own purl, or one built from its names. */
    private static String artifactId(Application application, Release release) {
        return release.artifactId() != null
                ? release.artifactId()
                : "pkg:generic/" + encoded(application.id()) + "@" + encoded(release.id());
    }

    /** Escapes the characters of names that may not appear literally in a part of a package URL; a colon may. */
    private static String encoded(String name) {
        return name.replace("+", "%2B").replace("@", "%40").replace("!", "%21").replace("/", "%2F");
    }
}
