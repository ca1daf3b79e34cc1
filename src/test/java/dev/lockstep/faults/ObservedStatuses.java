package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * The statuses of one application's releases and environments, each compared with the events up to its revision once those are
 * there, and the latest of each compared with all events (contract, sections 6 and 7).
 */
final class ObservedStatuses {

    /** @param value null for a tombstone */
    private record ReceivedStatus(String what, String key, long revision, JsonNode value) {}

    private final String application;
    private final Findings findings;
    private final Function<String, ObservedEnvironment> environments;
    private final List<ReceivedStatus> ahead = new ArrayList<>();
    /** Those that agreed with the events. */
    private final Map<String, ReceivedStatus> latest = new HashMap<>();

    ObservedStatuses(String application, Findings findings, Function<String, ObservedEnvironment> environments) {
        this.application = application;
        this.findings = findings;
        this.environments = environments;
    }

    /**
     * @param what what it is, for whoever investigates a finding
     * @param key one for each topic and record key
     */
    void take(String what, String key, JsonNode value) {
        ahead.add(new ReceivedStatus(what, key, value.get("revision").longValue(), value));
    }

    /** What is gone has no state any more that its earlier statuses could have missed. */
    void takeTombstone(String what, String key, long revision) {
        ahead.add(new ReceivedStatus(what, key, revision, null));
    }

    /** @param revision the revision of the latest event that was read */
    void settle(long revision) {
        ahead.removeIf(status -> {
            if (status.revision() > revision) {
                return false;
            }
            List<String> differences = status.value == null ? List.of() : differences(status, status.revision());
            differences.forEach(difference -> add(Breach.DIFFERING, status, difference));
            if (status.value != null && differences.isEmpty()) {
                latest.put(status.key(), status);
            } else {
                latest.remove(status.key());
            }
            return true;
        });
    }

    /** At the end, every status has its events, and the latest status is the latest state. */
    void finish(long revision) {
        ahead.forEach(status -> add(Breach.TORN, status, "there is no event beyond " + revision));
        latest.values().forEach(status -> differences(status, Long.MAX_VALUE)
                .forEach(difference -> add(Breach.LOST, status, "no other came, and " + difference)));
    }

    private List<String> differences(ReceivedStatus status, long revision) {
        return status.value.has("placements")
                ? ofRelease(status.value, revision)
                : ofEnvironment(status.value, revision);
    }

    private List<String> ofEnvironment(JsonNode value, long revision) {
        ObservedEnvironment.Snapshot expected =
                environments.apply(value.at("/environment/id").textValue()).at(revision);
        List<String> differences = new ArrayList<>();
        ObservedEnvironment.PendingRelease active = expected.active();
        same("active", active == null ? null : active.id(), value.at("/active/id"), differences);
        same("current", expected.current(), value.at("/current/deployment"), differences);
        same("lastDeployment", expected.lastDeployment(), value.at("/lastDeployment/id"), differences);
        List<String> waiting = StreamSupport.stream(value.path("waiting").spliterator(), false)
                .map(node -> node.get("id").textValue())
                .toList();
        List<String> queued = expected.waiting().stream()
                .map(ObservedEnvironment.PendingRelease::id)
                .toList();
        if (!waiting.equals(queued)) {
            differences.add("waiting is " + waiting + ", by the events " + queued);
        }
        return differences;
    }

    private List<String> ofRelease(JsonNode value, long revision) {
        String release = value.get("release").textValue();
        List<String> differences = new ArrayList<>();
        for (JsonNode placement : value.get("placements")) {
            String environment = placement.get("environment").textValue();
            String expected = environments.apply(environment).at(revision).onItsWay(release);
            same("active in " + environment, expected, placement.at("/active/id"), differences);
        }
        return differences;
    }

    private static void same(String member, String expected, JsonNode actual, List<String> differences) {
        if (!Objects.equals(expected, actual.textValue())) {
            differences.add(member + " is " + actual.textValue() + ", by the events " + expected);
        }
    }

    private void add(Breach breach, ReceivedStatus status, String what) {
        findings.add(breach, application + ": " + status.what + " at " + status.revision() + ": " + what);
    }
}
