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
 * The statuses of one application's releases and environments, each held against the events up to its revision when those are
 * there, and the latest of each against all of them (contract, sections 6 and 7).
 */
final class LiveStatuses {

    private record Told(String what, JsonNode value) {

        long revision() {
            return value.get("revision").longValue();
        }

        boolean isOfRelease() {
            return value.has("placements");
        }

        /** One for each record key. */
        List<String> key() {
            return isOfRelease()
                    ? List.of("release", value.get("release").textValue())
                    : List.of("environment", value.at("/environment/id").textValue());
        }
    }

    private final String application;
    private final Findings findings;
    private final Function<String, LiveEnvironment> environments;
    private final List<Told> ahead = new ArrayList<>();
    /** Those that said what the events said. */
    private final Map<List<String>, Told> latest = new HashMap<>();

    LiveStatuses(String application, Findings findings, Function<String, LiveEnvironment> environments) {
        this.application = application;
        this.findings = findings;
        this.environments = environments;
    }

    /** @param what it is, for who has to find out why */
    void take(String what, JsonNode value) {
        ahead.add(new Told(what, value));
    }

    /** @param revision of the latest event that was read */
    void settle(long revision) {
        ahead.removeIf(one -> {
            if (one.revision() > revision) {
                return false;
            }
            List<String> differences = differences(one, one.revision());
            differences.forEach(difference -> add(Breach.DIFFERING, one, difference));
            if (differences.isEmpty()) {
                latest.put(one.key(), one);
            } else {
                latest.remove(one.key());
            }
            return true;
        });
    }

    /** At the end: every status has its events, and the latest is the latest state. */
    void finish(long revision) {
        ahead.forEach(one -> add(Breach.TORN, one, "there is no event beyond " + revision));
        latest.values().forEach(one -> differences(one, Long.MAX_VALUE)
                .forEach(difference -> add(Breach.LOST, one, "no other came, and " + difference)));
    }

    private List<String> differences(Told status, long revision) {
        return status.isOfRelease() ? ofRelease(status.value, revision) : ofEnvironment(status.value, revision);
    }

    private List<String> ofEnvironment(JsonNode value, long revision) {
        LiveEnvironment.Snapshot expected =
                environments.apply(value.at("/environment/id").textValue()).at(revision);
        List<String> differences = new ArrayList<>();
        LiveEnvironment.OnItsWay active = expected.active();
        same("active", active == null ? null : active.id(), value.at("/active/id"), differences);
        same("current", expected.current(), value.at("/current/deployment"), differences);
        same("lastDeployment", expected.lastDeployment(), value.at("/lastDeployment/id"), differences);
        List<String> waiting = StreamSupport.stream(value.path("waiting").spliterator(), false)
                .map(one -> one.get("id").textValue())
                .toList();
        List<String> queued =
                expected.waiting().stream().map(LiveEnvironment.OnItsWay::id).toList();
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

    private void add(Breach breach, Told status, String what) {
        findings.add(breach, application + ": " + status.what + " at " + status.revision() + ": " + what);
    }
}
