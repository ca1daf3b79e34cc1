package dev.lockstep.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Set;

/** A deployment in a {@link DeploymentHistory}, as the next event describes it. */
final class DeploymentFixture {

    private final ObjectNode json = DeploymentHistory.object();
    private String outcome;

    /** Requested at the beginning. */
    static DeploymentFixture of(String id, String release, String environment) {
        DeploymentFixture fixture = new DeploymentFixture();
        fixture.json
                .put("id", id)
                .put("release", release)
                .put("environment", environment)
                .put("action", "deploy")
                .put("createdAt", DeploymentHistory.time(0).toString())
                .putNull("restoreOf")
                .putNull("notBefore")
                .putNull("expiresAt")
                .putNull("startedAt")
                .putNull("finishedAt")
                .putNull("failureKind")
                .putNull("supersededBy");
        return fixture;
    }

    DeploymentFixture askedAt(int seconds) {
        return with("createdAt", DeploymentHistory.time(seconds).toString());
    }

    DeploymentFixture notBefore(int seconds) {
        return with("notBefore", DeploymentHistory.time(seconds).toString());
    }

    DeploymentFixture expiresAt(int seconds) {
        return with("expiresAt", DeploymentHistory.time(seconds).toString());
    }

    DeploymentFixture restoring(DeploymentFixture failed) {
        return with("restoreOf", failed.id()).with("action", "redeploy");
    }

    DeploymentFixture with(String member, String value) {
        json.put(member, value);
        return this;
    }

    DeploymentFixture waits(String... codes) {
        ArrayNode blockedBy = json.putArray("blockedBy");
        for (String code : codes) {
            blockedBy.addObject().put("code", code);
        }
        return with("status", "pending");
    }

    DeploymentFixture starts(Instant now) {
        json.remove("blockedBy");
        return with("startedAt", now.toString()).with("status", "in_progress");
    }

    DeploymentFixture succeeds(Instant now) {
        if (json.get("startedAt").isNull()) {
            starts(now);
        }
        return with("finishedAt", now.toString()).with("status", "succeeded");
    }

    /** @param end a status, or a kind of failure */
    DeploymentFixture ends(Instant now, String end) {
        boolean failed = Set.of("failed", "errored", "timed_out", "lost").contains(end);
        json.put("failureKind", failed ? end : null);
        outcome = switch (end) {
            case "succeeded" -> "success";
            case "failed" -> "failure";
            default -> failed ? "error" : "cancel";
        };
        return with("finishedAt", now.toString()).with("status", failed ? "failed" : end);
    }

    DeploymentFixture withOutcome(String other) {
        outcome = other;
        return this;
    }

    String id() {
        return json.get("id").textValue();
    }

    String release() {
        return json.get("release").textValue();
    }

    String environment() {
        return json.get("environment").textValue();
    }

    boolean isUndeploy() {
        return json.get("action").asText().equals("undeploy");
    }

    /** The outcome in {@code finished}, or null. */
    String outcome() {
        return outcome;
    }

    ObjectNode json() {
        return json.deepCopy();
    }
}
