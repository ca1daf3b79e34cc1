package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * An environment's policy (section 1).
 *
 * @param timeout     as given, null for none, like {@code reportEvery} and {@code soakTime}
 * @param completion  immediate or reported
 * @param whenBusy    supersede, queue or reject
 * @param onFailure   restore or none
 */
public record ModelStagePolicy(
        boolean onlyNewer,
        String completion,
        String timeout,
        String reportEvery,
        String whenBusy,
        int maxQueued,
        String onFailure,
        String soakTime) {

    static final ModelStagePolicy DEFAULT =
            new ModelStagePolicy(false, "immediate", null, null, "supersede", 20, "none", null);

    boolean isReported() {
        return completion.equals("reported");
    }

    boolean restores() {
        return onFailure.equals("restore");
    }

    Duration timeoutDuration() {
        return timeout == null ? null : Duration.parse(timeout);
    }

    Duration reportInterval() {
        return reportEvery == null ? null : Duration.parse(reportEvery);
    }

    Duration soakDuration() {
        return soakTime == null ? null : Duration.parse(soakTime);
    }

    /** Rule 8: member by member; null resets to the default. */
    ModelStagePolicy with(JsonNode policy) {
        if (policy.isNull()) {
            return DEFAULT;
        }
        JsonNode most = policy.path("maxQueued");
        return new ModelStagePolicy(
                policy.has("onlyNewer") ? policy.get("onlyNewer").booleanValue() : onlyNewer,
                text(policy, "completion", completion, DEFAULT.completion),
                text(policy, "timeout", timeout, null),
                text(policy, "reportEvery", reportEvery, null),
                text(policy, "whenBusy", whenBusy, DEFAULT.whenBusy),
                most.isMissingNode() ? maxQueued : most.isNull() ? DEFAULT.maxQueued : most.intValue(),
                text(policy, "onFailure", onFailure, DEFAULT.onFailure),
                text(policy, "soakTime", soakTime, null));
    }

    private static String text(JsonNode policy, String member, String before, String otherwise) {
        if (!policy.has(member)) {
            return before;
        }
        return policy.get(member).isNull() ? otherwise : policy.get(member).textValue();
    }

    ObjectNode json() {
        return ModelJson.object()
                .put("onlyNewer", onlyNewer)
                .put("completion", completion)
                .put("timeout", timeout)
                .put("reportEvery", reportEvery)
                .put("whenBusy", whenBusy)
                .put("maxQueued", maxQueued)
                .put("onFailure", onFailure)
                .put("soakTime", soakTime);
    }
}
