package dev.lockstep.publish;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.domain.Deployment;
import java.io.IOException;
import java.util.Locale;

/** A deployment as JSON: every member is always there, null where there is nothing to say. */
final class Deployments {

    private Deployments() {}

    static void write(JsonGenerator json, String name, Deployment deployment) throws IOException {
        if (deployment == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeStringField("id", deployment.id());
        json.writeStringField("release", deployment.release());
        json.writeStringField("environment", deployment.environment());
        json.writeStringField("status", wire(deployment.status()));
        json.writeStringField("action", wire(deployment.action()));
        Json.text(json, "previousRelease", deployment.previousRelease());
        Json.text(json, "linkedFrom", deployment.linkedFrom());
        Json.text(json, "actor", deployment.actor());
        Json.text(json, "reason", deployment.reason());
        Json.source(json, deployment.source());
        Json.time(json, "createdAt", deployment.createdAt());
        Json.time(json, "startedAt", deployment.startedAt());
        Json.time(json, "finishedAt", deployment.finishedAt());
        json.writeEndObject();
    }

    private static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
