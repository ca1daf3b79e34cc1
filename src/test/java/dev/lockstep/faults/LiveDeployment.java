package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

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
    final Instant createdAt;
    final Instant notBefore;
    final Instant expiresAt;
    Stage stage;
    /** Whether it waits for its time, and not for others alone (rule 27). */
    boolean awaitsItsTime;
    /** As the policy said when it started. */
    boolean isReported;

    Instant startedAt;
    Instant finishedAt;
    String status;
    String failureKind;
    String supersededBy;
    /** Of its service event, 0 before that. */
    long serviceRevision;
    /** The environment's, when it ended, and since when it was so. */
    JsonNode policyAtTheEnd;

    Instant policySince;
    /** When the one before it in its environment ended, null if none did. */
    Instant free;
    /** Reports that were accepted while it was in progress, as their results tell. */
    final List<Instant> heard = new ArrayList<>();

    LiveDeployment(JsonNode deployment, Stage stage, int number) {
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

    /** Whether a report at that time can have been one of work in progress. */
    boolean isInProgressAt(Instant at) {
        return startedAt != null && !at.isBefore(startedAt) && (finishedAt == null || !at.isAfter(finishedAt));
    }

    /** When it could start at the earliest; a time in the past means nothing. */
    Instant dueStart() {
        return latest(createdAt, notBefore, free);
    }

    /** When the clock was to end it, in the way in which it has; {@link Instant#MAX} for never, null when it did not end it. */
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

    /** Rule 24: a policy that changes makes due at once what would have been due before. */
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
