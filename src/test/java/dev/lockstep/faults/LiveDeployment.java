package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A deployment as its events tell it: where it stands, and what they have said of it. */
final class LiveDeployment {

    enum Stage {
        WAITING,
        IN_PROGRESS,
        ENDED
    }

    final String id;
    /** In the order in which they were asked for. */
    final int number;

    /** Of an undeploy what was current when it was asked for; from its start on, what was current then. */
    String release;

    final String environment;
    final String restoreOf;
    final Instant notBefore;
    final Instant expiresAt;
    Stage stage;
    boolean isReported;
    Instant startedAt;
    Instant finishedAt;
    String status;
    String failureKind;
    /** Of its service event, 0 before that. */
    long serviceRevision;
    /** The environment's, when it ended. */
    JsonNode policyAtTheEnd;
    /** When the one before it in its environment ended, if that was after this one was asked for; else null. */
    Instant free;
    /** Reports that were accepted while it was in progress, as their results tell. */
    final List<Instant> heard = new ArrayList<>();

    LiveDeployment(JsonNode deployment, Stage stage, int number) {
        this.number = number;
        id = deployment.get("id").textValue();
        release = deployment.get("release").textValue();
        environment = deployment.get("environment").textValue();
        restoreOf = deployment.get("restoreOf").textValue();
        notBefore = time(deployment, "notBefore");
        expiresAt = time(deployment, "expiresAt");
        this.stage = stage;
    }

    static Instant time(JsonNode object, String member) {
        JsonNode time = object.path(member);
        return time.isTextual() ? Instant.parse(time.textValue()) : null;
    }

    /** How it ended, in one word. */
    String end() {
        return failureKind == null ? status : failureKind;
    }

    /** When the clock was to end it, in the way in which it has; null when it did not end it. */
    Instant dueEnd() {
        return switch (end()) {
            case "timed_out" -> startedAt.plus(policy("timeout"));
            case "lost" ->
                heard.stream()
                        .filter(at -> !at.isAfter(finishedAt))
                        .max(Instant::compareTo)
                        .filter(at -> at.isAfter(startedAt))
                        .orElse(startedAt)
                        .plus(policy("reportEvery"));
            case "expired" -> expiresAt;
            default -> null;
        };
    }

    private Duration policy(String member) {
        JsonNode value = policyAtTheEnd.path(member);
        return value.isTextual() ? Duration.parse(value.textValue()) : Duration.ofDays(1_000);
    }

    @Override
    public String toString() {
        return "deployment " + id + " of " + release + " to " + environment;
    }
}
