package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.domain.Deployment;
import java.io.IOException;
import java.util.Locale;

/** A deployment as JSON: every member is always there, null where there is nothing to say. */
final class DeploymentJson {

    private DeploymentJson() {}

    static void write(JsonGenerator json, String name, Deployment.Ended deployment) throws IOException {
        if (deployment == null) {
            json.writeNullField(name);
            return;
        }
        Deployment.Request request = deployment.request();
        json.writeObjectFieldStart(name);
        json.writeStringField("id", request.id());
        json.writeStringField("release", request.release());
        json.writeStringField("environment", request.environment());
        JsonWriter.text(json, "environmentTier", request.environmentTier());
        json.writeStringField("status", wire(deployment.status()));
        json.writeStringField("action", wire(request.action()));
        JsonWriter.text(json, "previousRelease", request.previousRelease());
        JsonWriter.text(json, "linkedFrom", request.linkedFrom());
        JsonWriter.text(json, "actor", request.actor());
        JsonWriter.text(json, "reason", request.reason());
        JsonWriter.source(json, request.source());
        JsonWriter.time(json, "createdAt", request.createdAt());
        JsonWriter.time(json, "startedAt", deployment.startedAt());
        JsonWriter.time(json, "finishedAt", deployment.finishedAt());
        json.writeEndObject();
    }

    private static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
