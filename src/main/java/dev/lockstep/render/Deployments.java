package dev.lockstep.render;

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
        JsonWriter.text(json, "previousRelease", deployment.previousRelease());
        JsonWriter.text(json, "linkedFrom", deployment.linkedFrom());
        JsonWriter.text(json, "actor", deployment.actor());
        JsonWriter.text(json, "reason", deployment.reason());
        JsonWriter.source(json, deployment.source());
        JsonWriter.time(json, "createdAt", deployment.createdAt());
        JsonWriter.time(json, "startedAt", deployment.startedAt());
        JsonWriter.time(json, "finishedAt", deployment.finishedAt());
        json.writeEndObject();
    }

    private static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
