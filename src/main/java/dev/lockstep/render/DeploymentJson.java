package dev.lockstep.render;

import static dev.lockstep.domain.common.NameFormat.wireName;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.domain.Application;
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
        members(json, deployment, false);
        json.writeEndObject();
    }

    /** @param blockedBy why it waits */
    static void write(JsonGenerator json, String name, Deployment deployment, List<Blocker> blockedBy)
            throws IOException {
        json.writeObjectFieldStart(name);
        members(json, deployment, false);
        blockedBy(json, blockedBy);
        JsonWriter.time(json, "earliestStart", Blocker.earliestStart(blockedBy));
        json.writeEndObject();
    }

    private static void members(JsonGenerator json, Deployment deployment, boolean isBrief) throws IOException {
        Deployment.Request request = deployment.request();
        Deployment.Start start = deployment.start();
        Deployment.Outcome outcome = deployment.outcome();
        json.writeStringField("id", request.id());
        json.writeStringField("release", request.release());
        json.writeStringField("environment", request.environment());
        JsonWriter.text(json, "environmentTier", start == null ? null : start.environmentTier());
        json.writeStringField("status", wireName(outcome.status()));
        JsonWriter.text(json, "failureKind", outcome.failureKind() == null ? null : wireName(outcome.failureKind()));
        json.writeStringField("action", wireName(start == null ? request.requestedAction() : start.action()));
        JsonWriter.text(json, "previousRelease", start == null ? null : start.previousRelease());
        JsonWriter.text(json, "linkedFrom", start == null ? null : start.linkedFrom());
        JsonWriter.text(json, "actor", request.attribution().actor());
        JsonWriter.text(json, "reason", isBrief ? null : request.attribution().reason());
        JsonWriter.source(json, isBrief ? null : request.source());
        JsonWriter.time(json, "createdAt", request.createdAt());
        JsonWriter.time(json, "notBefore", request.notBefore());
        JsonWriter.time(json, "expiresAt", request.expiresAt());
        JsonWriter.time(json, "startedAt", start == null ? null : start.at());
        JsonWriter.time(json, "finishedAt", finishedAt(deployment));
        json.writeBooleanField("cancelRequested", deployment.cancelRequested());
        JsonWriter.text(json, "url", isBrief ? null : deployment.report().url());
        JsonWriter.text(json, "message", isBrief ? null : deployment.report().message());
        JsonWriter.time(json, "reportedAt", deployment.report().at());
        JsonWriter.text(json, "restoreOf", request.restoreOf());
        JsonWriter.text(json, "supersededBy", outcome.supersededBy());
        endedBy(json, outcome.endedBy());
    }

    /** Without the long texts, which the environment's status has: a release may be on its way to every existing environment. */
    static void brief(JsonGenerator json, String name, Deployment deployment) throws IOException {
        if (deployment == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        members(json, deployment, true);
        json.writeEndObject();
    }

    private static Instant finishedAt(Deployment deployment) {
        return deployment instanceof Deployment.Ended ended ? ended.finishedAt() : null;
    }

    private static void endedBy(JsonGenerator json, Deployment.Refusal refusal) throws IOException {
        if (refusal == null) {
            json.writeNullField("endedBy");
            return;
        }
        json.writeObjectFieldStart("endedBy");
        json.writeStringField("code", refusal.code().name());
        json.writeStringField("detail", refusal.detail());
        json.writeEndObject();
    }

    /** The deployments that wait in an environment, as its status lists them. */
    static void waiting(JsonGenerator json, Application application, Environment environment, DecisionContext context)
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
            JsonWriter.text(json, "actor", request.attribution().actor());
            JsonWriter.time(json, "createdAt", request.createdAt());
            JsonWriter.time(json, "notBefore", request.notBefore());
            JsonWriter.time(json, "expiresAt", request.expiresAt());
            blockedBy(json, blockedBy);
            JsonWriter.time(json, "earliestStart", Blocker.earliestStart(blockedBy));
            if (waiting.isInQueue()) {
                json.writeNumberField("position", ++position);
            } else {
                json.writeNullField("position");
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void blockedBy(JsonGenerator json, List<Blocker> blockers) throws IOException {
        json.writeArrayFieldStart("blockedBy");
        for (Blocker blocker : blockers) {
            json.writeStartObject();
            json.writeStringField("code", blocker.code().name());
            json.writeStringField("opensBy", wireName(blocker.opensBy()));
            JsonWriter.time(json, "until", blocker.until());
            JsonWriter.text(json, "by", blocker.by());
            json.writeStringField("detail", blocker.detail());
            JsonWriter.time(json, "judgedAt", blocker.judgedAt());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
