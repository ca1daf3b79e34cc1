package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ModelRelease.Lock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Compares what the same JSON says in several records: a deployment, lock reasons, an environment of the pipeline. */
record NestedComparison(String application, EventLog chronicle, Differences differences) {

    static final List<String> OF_DEPLOYMENT = List.of(
            "id",
            "release",
            "environment",
            "environmentTier",
            "status",
            "failureKind",
            "action",
            "previousRelease",
            "linkedFrom",
            "actor",
            "reason",
            "source",
            "createdAt",
            "notBefore",
            "expiresAt",
            "startedAt",
            "finishedAt",
            "cancelRequested",
            "url",
            "message",
            "reportedAt",
            "restoreOf",
            "supersededBy",
            "endedBy");

    static final List<String> OF_WAITER = List.of(
            "id",
            "release",
            "action",
            "actor",
            "createdAt",
            "notBefore",
            "expiresAt",
            "blockedBy",
            "earliestStart",
            "position");

    static final List<String> OF_BLOCKER = List.of("code", "opensBy", "until", "by", "detail", "judgedAt");

    static final List<String> OF_STOP = List.of("id", "title", "tier", "position", "after", "policy");

    /** A whole deployment, in any place, except why it waits. */
    void deployment(String pointer, ExpectedDeployment expected) {
        if (expected == null) {
            differences.absent(pointer);
            return;
        }
        differences.members(pointer, OF_DEPLOYMENT);
        id(pointer + "/id", expected.revision());
        differences.text(pointer + "/release", expected.release());
        differences.text(pointer + "/environment", expected.environment());
        differences.text(pointer + "/environmentTier", expected.tier());
        differences.text(pointer + "/status", expected.status());
        differences.text(pointer + "/failureKind", expected.failureKind());
        differences.text(pointer + "/action", expected.action());
        differences.text(pointer + "/previousRelease", expected.previousRelease());
        differences.text(pointer + "/linkedFrom", expected.linkedFrom(chronicle, application));
        differences.text(pointer + "/actor", expected.actor());
        differences.text(pointer + "/reason", expected.reason());
        differences.object(pointer + "/source", expected.source());
        differences.bool(pointer + "/cancelRequested", expected.cancelRequested());
        differences.text(pointer + "/url", expected.url());
        differences.text(pointer + "/message", expected.message());
        times(pointer, expected);
        id(pointer + "/restoreOf", expected.restoreOf());
        id(pointer + "/supersededBy", expected.supersededBy());
        if (expected.endedBy() == null) {
            differences.absent(pointer + "/endedBy");
        } else {
            differences.text(pointer + "/endedBy/code", expected.endedBy().name());
            differences.present(pointer + "/endedBy/detail");
        }
    }

    private void times(String pointer, ExpectedDeployment expected) {
        timeOrNone(pointer + "/createdAt", expected.revision());
        timeOrNone(pointer + "/startedAt", expected.started());
        timeOrNone(pointer + "/finishedAt", expected.finished());
        timeOrNone(pointer + "/notBefore", expected.notBefore());
        timeOrNone(pointer + "/expiresAt", expected.expiresAt());
        timeOrNone(pointer + "/reportedAt", expected.reportedAt());
    }

    /** @param revision the revision of the deployment's first event, 0 for none */
    void id(String pointer, long revision) {
        differences.text(pointer, revision == 0 ? null : EventLog.deploymentId(application, revision));
    }

    /** @param revision the revision of an event at that moment, 0 for none */
    private void timeOrNone(String pointer, long revision) {
        if (revision == 0) {
            differences.absent(pointer);
        } else {
            differences.time(pointer, chronicle.time(application, revision));
        }
    }

    private void timeOrNone(String pointer, Instant expected) {
        if (expected == null) {
            differences.absent(pointer);
        } else {
            differences.time(pointer, expected);
        }
    }

    /** @param now when it was judged, if no event says so; null if that is not known */
    void blockedBy(String pointer, List<ExpectedBlocker> expected, Instant now) {
        differences.texts(
                pointer, "code", expected.stream().map(ExpectedBlocker::code).toList());
        for (int i = 0; i < Math.min(expected.size(), differences.at(pointer).size()); i++) {
            String one = pointer + "/" + i;
            ExpectedBlocker blocker = expected.get(i);
            differences.text(one + "/opensBy", blocker.opensBy());
            timeOrNone(one + "/until", blocker.until());
            id(one + "/by", blocker.by());
            differences.present(one + "/detail");
            Instant judged = chronicle.time(application, blocker.judged());
            differences.time(one + "/judgedAt", judged == null ? now : judged);
        }
    }

    /** Why it waits, and until when, in a status record. */
    void waiter(String pointer, ExpectedEnvironment.WaitingDeployment expected) {
        ExpectedDeployment deployment = expected.deployment();
        differences.members(pointer, OF_WAITER);
        id(pointer + "/id", deployment.revision());
        differences.text(pointer + "/release", deployment.release());
        differences.text(pointer + "/action", deployment.action());
        differences.text(pointer + "/actor", deployment.actor());
        timeOrNone(pointer + "/createdAt", deployment.revision());
        timeOrNone(pointer + "/notBefore", deployment.notBefore());
        timeOrNone(pointer + "/expiresAt", deployment.expiresAt());
        for (int i = 0; i < differences.at(pointer + "/blockedBy").size(); i++) {
            differences.members(pointer + "/blockedBy/" + i, OF_BLOCKER);
        }
        why(pointer, deployment);
        if (expected.position() == 0) {
            differences.absent(pointer + "/position");
        } else {
            differences.number(pointer + "/position", expected.position());
        }
    }

    void why(String pointer, ExpectedDeployment deployment) {
        blockedBy(pointer + "/blockedBy", deployment.blockedBy(), null);
        timeOrNone(pointer + "/earliestStart", ExpectedDeployment.earliestStart(deployment.blockedBy()));
    }

    /** @param expected by environment */
    void lockReasons(String pointer, Map<String, Lock> expected) {
        differences.textsInAnyOrder(pointer, "environment", List.copyOf(expected.keySet()));
        int place = 0;
        for (JsonNode reason : differences.at(pointer)) {
            String one = pointer + "/" + place++;
            differences.members(one, List.of("code", "environment", "deployment", "since"));
            Lock lock = expected.get(reason.path("environment").asText());
            if (lock != null) {
                differences.text(one + "/code", lock.code());
                id(one + "/deployment", lock.deployment());
                timeOrNone(one + "/since", lock.since());
            }
        }
    }

    /** As in an event: without members that have no value, except title and tier. */
    void stopInEvent(String pointer, StageView expected) {
        differences.members(pointer, List.of("title", "tier"));
        names(pointer, expected);
        policy(pointer + "/policy", expected.policy());
        if (expected.position() == null) {
            differences.absent(pointer + "/position");
            differences.absent(pointer + "/after");
        } else {
            place(pointer, expected);
        }
    }

    /** As in a status record: with all members. */
    void stopInStatus(String pointer, StageView expected) {
        differences.members(pointer, OF_STOP);
        names(pointer, expected);
        differences.members(
                pointer + "/policy",
                List.of(
                        "onlyNewer",
                        "completion",
                        "timeout",
                        "reportEvery",
                        "whenBusy",
                        "maxQueued",
                        "onFailure",
                        "soakTime"));
        policy(pointer + "/policy", expected.policy());
        place(pointer, expected);
    }

    private void policy(String pointer, ModelStagePolicy expected) {
        differences.bool(pointer + "/onlyNewer", expected.onlyNewer());
        differences.text(pointer + "/completion", expected.completion());
        differences.text(pointer + "/timeout", expected.timeout());
        differences.text(pointer + "/reportEvery", expected.reportEvery());
        differences.text(pointer + "/whenBusy", expected.whenBusy());
        differences.number(pointer + "/maxQueued", expected.maxQueued());
        differences.text(pointer + "/onFailure", expected.onFailure());
        differences.text(pointer + "/soakTime", expected.soakTime());
    }

    private void names(String pointer, StageView expected) {
        differences.text(pointer + "/id", expected.id());
        differences.text(pointer + "/title", expected.title());
        differences.text(pointer + "/tier", expected.tier());
    }

    /** If the same environments are named again in another order, the contract leaves open which order stays. */
    private void place(String pointer, StageView expected) {
        differences.number(pointer + "/position", expected.position());
        differences.textsInAnyOrder(pointer + "/after", expected.after());
    }

    void facts(String pointer, ExpectedApplication.Facts expected) {
        differences.text(pointer + "/title", expected.title());
        differences.text(pointer + "/description", expected.description());
        differences.text(pointer + "/owner", expected.owner());
        differences.text(pointer + "/url", expected.url());
        if (expected.keep() == null) {
            differences.absent(pointer + "/keep");
        } else {
            differences.number(pointer + "/keep/releases", expected.keep().releases());
            differences.number(pointer + "/keep/days", expected.keep().days());
        }
    }

    /** Section 6: revision, time and id are those of the last event of the command that changed the record. */
    void stamp(Stamped<?> expected) {
        differences.number("/revision", expected.revision());
        differences.time("/updatedAt", chronicle.time(application, expected.revision()));
        differences.idOrAny("/lastEventId", chronicle.id(application, expected.revision()));
    }
}
