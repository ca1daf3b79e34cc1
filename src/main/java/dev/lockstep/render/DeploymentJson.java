package dev.lockstep.render;

import static dev.lockstep.domain.common.NameFormat.wireName;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** A deployment as JSON: every member is always present, null where it has no value. */
final class DeploymentJson {

    private DeploymentJson() {}

    static void write(JsonGenerator json, String name, Deployment deployment) throws IOException {
        if (deployment == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        writeMembers(json, deployment, false);
        json.writeEndObject();
    }

    /** @param blockedBy why it waits */
    static void write(JsonGenerator json, String name, Deployment deployment, List<Blocker> blockedBy)
            throws IOException {
        json.writeObjectFieldStart(name);
        writeMembers(json, deployment, false);
        writeBlockedBy(json, blockedBy);
        JsonWriter.writeTime(json, "earliestStart", Blocker.earliestStart(blockedBy));
        json.writeEndObject();
    }

    private static void writeMembers(JsonGenerator json, Deployment deployment, boolean isBrief) throws IOException {
        Deployment.Request request = deployment.request();
        Deployment.Start start = deployment.start();
        Deployment.StatusDetail outcome = deployment.outcome();
        json.writeStringField("id", request.id());
        json.writeStringField("release", request.release());
        json.writeStringField("environment", request.environment());
        JsonWriter.writeTextOrNull(json, "environmentTier", start == null ? null : start.environmentTier());
        json.writeStringField("status", wireName(outcome.status()));
        JsonWriter.writeTextOrNull(
                json, "failureKind", outcome.failureKind() == null ? null : wireName(outcome.failureKind()));
        json.writeStringField("action", wireName(start == null ? request.requestedAction() : start.action()));
        JsonWriter.writeTextOrNull(json, "previousRelease", start == null ? null : start.previousRelease());
        JsonWriter.writeTextOrNull(json, "linkedFrom", start == null ? null : start.linkedFrom());
        JsonWriter.writeTextOrNull(
                json, "actor", Actor.nameOf(request.attribution().actor()));
        JsonWriter.writeTextOrNull(
                json, "reason", isBrief ? null : request.attribution().reason());
        JsonWriter.writeSource(json, isBrief ? null : request.source());
        JsonWriter.writeTime(json, "createdAt", request.createdAt());
        JsonWriter.writeTime(json, "notBefore", request.notBefore());
        JsonWriter.writeTime(json, "expiresAt", request.expiresAt());
        JsonWriter.writeTime(json, "startedAt", start == null ? null : start.startedAt());
        JsonWriter.writeTime(json, "finishedAt", finishedAt(deployment));
        json.writeBooleanField("cancelRequested", deployment.isCancelRequested());
        JsonWriter.writeTextOrNull(
                json, "url", isBrief ? null : deployment.report().url());
        JsonWriter.writeTextOrNull(
                json, "message", isBrief ? null : deployment.report().message());
        JsonWriter.writeTime(json, "reportedAt", deployment.report().reportedAt());
        JsonWriter.writeTextOrNull(json, "restoreOf", request.restoreOf());
        JsonWriter.writeTextOrNull(json, "supersededBy", outcome.supersededBy());
        writeEndedBy(json, outcome.rejection());
    }

    /** Without the long texts, which the environment's status has: a release may be on its way to every existing environment. */
    static void writeBrief(JsonGenerator json, String name, Deployment deployment) throws IOException {
        if (deployment == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        writeMembers(json, deployment, true);
        json.writeEndObject();
    }

    private static Instant finishedAt(Deployment deployment) {
        return deployment instanceof Deployment.Ended ended ? ended.finishedAt() : null;
    }

    private static void writeEndedBy(JsonGenerator json, Deployment.Rejection rejection) throws IOException {
        if (rejection == null) {
            json.writeNullField("endedBy");
            return;
        }
        json.writeObjectFieldStart("endedBy");
        json.writeStringField("code", rejection.code().name());
        json.writeStringField("detail", rejection.detail());
        json.writeEndObject();
    }

    /** The deployments that wait in an environment, as its status lists them. */
    static void writeWaiting(
            JsonGenerator json, Application application, Environment environment, DecisionContext context)
            throws IOException {
        json.writeArrayFieldStart("waiting");
        int position = 0;
        for (Deployment.Waiting waiting : environment.waiting()) {
            Deployment.Request request = waiting.request();
            List<Blocker> blockedBy = application.blockedBy(environment, waiting, context);
            json.writeStartObject();
            json.writeStringField("id", request.id());
            json.writeStringField("release", request.release());
            json.writeStringField("action", wireName(request.requestedAction()));
            JsonWriter.writeTextOrNull(
                    json, "actor", Actor.nameOf(request.attribution().actor()));
            JsonWriter.writeTime(json, "createdAt", request.createdAt());
            JsonWriter.writeTime(json, "notBefore", request.notBefore());
            JsonWriter.writeTime(json, "expiresAt", request.expiresAt());
            writeBlockedBy(json, blockedBy);
            JsonWriter.writeTime(json, "earliestStart", Blocker.earliestStart(blockedBy));
            if (waiting.isInQueue()) {
                json.writeNumberField("position", ++position);
            } else {
                json.writeNullField("position");
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void writeBlockedBy(JsonGenerator json, List<Blocker> blockers) throws IOException {
        json.writeArrayFieldStart("blockedBy");
        for (Blocker blocker : blockers) {
            json.writeStartObject();
            json.writeStringField("code", blocker.code().name());
            json.writeStringField("opensBy", wireName(blocker.opensBy()));
            JsonWriter.writeTime(json, "until", blocker.until());
            JsonWriter.writeTextOrNull(json, "by", blocker.blockingDeployment());
            json.writeStringField("detail", blocker.detail());
            JsonWriter.writeTime(json, "judgedAt", blocker.judgedAt());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
