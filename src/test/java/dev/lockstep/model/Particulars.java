package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** Compares what the same JSON says in several records: a deployment, lock reasons, an environment of the pipeline. */
record Particulars(String application, Chronicle chronicle, Differences differences) {

    static final List<String> OF_DEPLOYMENT = List.of(
            "id",
            "release",
            "environment",
            "environmentTier",
            "status",
            "action",
            "previousRelease",
            "linkedFrom",
            "actor",
            "reason",
            "source",
            "createdAt",
            "startedAt",
            "finishedAt");

    static final List<String> OF_STOP = List.of("id", "title", "tier", "position", "after", "policy");

    /** A whole deployment, at whatever place. */
    void deployment(String pointer, ExpectedDeployment expected) {
        if (expected == null) {
            differences.absent(pointer);
            return;
        }
        differences.idOrAny(pointer + "/id", chronicle.deployment(application, expected.revision()));
        differences.text(pointer + "/release", expected.release());
        differences.text(pointer + "/environment", expected.environment());
        differences.text(pointer + "/environmentTier", expected.tier());
        differences.text(pointer + "/status", "succeeded");
        differences.text(pointer + "/action", expected.action());
        differences.text(pointer + "/previousRelease", expected.previousRelease());
        differences.text(pointer + "/linkedFrom", expected.link().resolve(chronicle, application));
        differences.text(pointer + "/actor", expected.actor());
        differences.text(pointer + "/reason", expected.reason());
        differences.object(pointer + "/source", expected.source());
        differences.notBefore(pointer + "/startedAt", pointer + "/createdAt");
        differences.notBefore(pointer + "/finishedAt", pointer + "/startedAt");
        differences.time(pointer + "/finishedAt", chronicle.time(application, expected.revision()));
    }

    /** @param expected the revisions of the first deployments by environment */
    void lockReasons(String pointer, Map<String, Long> expected) {
        differences.textsInAnyOrder(pointer, "environment", List.copyOf(expected.keySet()));
        int place = 0;
        for (JsonNode reason : differences.at(pointer)) {
            String one = pointer + "/" + place++;
            differences.members(one, List.of("code", "environment", "deployment", "since"));
            Long revision = expected.get(reason.path("environment").asText());
            if (revision != null) {
                differences.text(one + "/code", "DEPLOYED");
                differences.idOrAny(one + "/deployment", chronicle.deployment(application, revision));
                differences.time(one + "/since", chronicle.time(application, revision));
            }
        }
    }

    /** As an event tells it: without what has no value, but for title and tier. */
    void stopInEvent(String pointer, StopView expected) {
        differences.members(pointer, List.of("title", "tier"));
        names(pointer, expected);
        differences.boolOrMissing(pointer + "/policy/onlyNewer", expected.onlyNewer());
        if (expected.position() == null) {
            differences.absent(pointer + "/position");
            differences.absent(pointer + "/after");
        } else {
            place(pointer, expected);
        }
    }

    /** As a status record tells it: with all members. */
    void stopInStatus(String pointer, StopView expected) {
        differences.members(pointer, OF_STOP);
        names(pointer, expected);
        differences.bool(pointer + "/policy/onlyNewer", expected.onlyNewer());
        place(pointer, expected);
    }

    private void names(String pointer, StopView expected) {
        differences.text(pointer + "/id", expected.id());
        differences.text(pointer + "/title", expected.title());
        differences.text(pointer + "/tier", expected.tier());
    }

    /** Where the same are named again in another order, the contract leaves open which of the orders stays. */
    private void place(String pointer, StopView expected) {
        differences.number(pointer + "/position", expected.position());
        differences.textsInAnyOrder(pointer + "/after", expected.after());
    }

    void facts(String pointer, ApplicationView.Facts expected) {
        differences.text(pointer + "/title", expected.title());
        differences.text(pointer + "/description", expected.description());
        differences.text(pointer + "/owner", expected.owner());
        differences.text(pointer + "/url", expected.url());
    }

    /** Section 6: revision, time and id are those of the last event of the command that changed the record. */
    void stamp(Stamped<?> expected) {
        differences.number("/revision", expected.revision());
        differences.time("/updatedAt", chronicle.time(application, expected.revision()));
        differences.idOrAny("/lastEventId", chronicle.id(application, expected.revision()));
    }
}
