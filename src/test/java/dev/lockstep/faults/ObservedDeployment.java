package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A deployment according to its events: its stage, and what they said about it. */
final class ObservedDeployment {

    enum Stage {
        WAITING,
        IN_PROGRESS,
        ENDED
    }

    final String id;
    /** In the order in which they were requested. */
    final int number;

    /** For an undeploy, what was current when it was requested; from its start on, what was current then. */
    String release;

    final String environment;
    final String restoreOf;
    final Instant createdAt;
    final Instant notBefore;
    final Instant expiresAt;
    Stage stage;
    /** Whether it waits for its time, and not only for others (rule 27). */
    boolean awaitsItsTime;
    /** According to the policy when it started. */
    boolean isReported;

    Instant startedAt;
    Instant finishedAt;
    String status;
    String failureKind;
    String supersededBy;
    /** The revision of its service event, 0 before that. */
    long serviceRevision;
    /** The environment's policy when it ended, and since when it applied. */
    JsonNode policyAtTheEnd;

    Instant policySince;
    /** When the previous deployment in its environment ended, null if none did. */
    Instant free;
    /** The times of reports that were accepted while it was in progress, according to their results. */
    final List<Instant> heard = new ArrayList<>();

    ObservedDeployment(JsonNode deployment, Stage stage, int number) {
        this.number = number;
        id = deployment.get("id").textValue();
        release = deployment.get("release").textValue();
        environment = deployment.get("environment").textValue();
        restoreOf = deployment.get("restoreOf").textValue();
        createdAt = time(deployment, "createdAt");
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

    /** Whether it can have been in progress when a report was made at that time. */
    boolean isInProgressAt(Instant at) {
        return startedAt != null && !at.isBefore(startedAt) && (finishedAt == null || !at.isAfter(finishedAt));
    }

    /** The earliest time at which it could start; a time in the past has no effect. */
    Instant dueStart() {
        return latest(createdAt, notBefore, free);
    }

    /** When the clock had to end it in the way it ended; {@link Instant#MAX} for never, null if the clock did not end it. */
    Instant dueEnd() {
        return switch (end()) {
            case "timed_out" -> after(startedAt, "timeout");
            case "lost" ->
                after(
                        heard.stream()
                                .filter(this::isInProgressAt)
                                .max(Instant::compareTo)
                                .orElse(startedAt),
                        "reportEvery");
            case "expired" -> expiresAt == null ? Instant.MAX : expiresAt;
            default -> null;
        };
    }

    /** Rule 24: a policy change makes due immediately what would have been due before. */
    Instant noticeableEnd() {
        return end().equals("expired") ? dueEnd() : latest(dueEnd(), policySince);
    }

    private Instant after(Instant from, String member) {
        JsonNode policy = policyAtTheEnd.path(member);
        return from == null || !policy.isTextual() ? Instant.MAX : from.plus(Duration.parse(policy.textValue()));
    }

    private static Instant latest(Instant... times) {
        return Stream.of(times).filter(Objects::nonNull).max(Instant::compareTo).orElseThrow();
    }

    @Override
    public String toString() {
        return "deployment " + id + " of " + release + " to " + environment;
    }
}
