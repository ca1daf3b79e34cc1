package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.Comparison;
import dev.lockstep.model.EventLog;
import dev.lockstep.model.ExpectedOutcome;
import dev.lockstep.model.ExpectedOutcome.ExpectedEvent;
import dev.lockstep.model.SentCommand;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Every event exactly once; per application in the order of revisions without a gap; and as the model says. */
final class EventsCheck {

    /** The sources of timers: the worker itself, and an impostor. */
    private static final Set<String> TIMERS = Set.of("/lockstep", DeploymentLoad.FORGER);

    private record Place(String application, long revision) {}

    private record Due(SentCommand sent, ExpectedEvent expected) {}

    private final Findings findings;
    private final ObservedHomes homes;
    private final Map<Place, Due> due = new HashMap<>();
    private final Map<Place, JsonNode> early = new HashMap<>();
    private final Map<String, Long> lastRevision = new HashMap<>();
    private final Map<String, Long> lastOfCommand = new HashMap<>();
    private final DeploymentLoadCheck deployments;
    private final Set<UUID> seen = new HashSet<>();
    private final EventLog chronicle = new EventLog();

    EventsCheck(Findings findings, ObservedHomes homes, DeploymentLoadCheck deployments) {
        this.findings = findings;
        this.deployments = deployments;
        this.homes = homes;
    }

    void expect(SentCommand sent, ExpectedOutcome expected) {
        for (ExpectedEvent event : expected.events()) {
            Place place = new Place(expected.application(), event.revision());
            JsonNode value = early.remove(place);
            if (value == null) {
                due.put(place, new Due(sent, event));
            } else {
                compare(place, new Due(sent, event), value);
            }
        }
    }

    void look(ConsumedRecord event) {
        String application = event.key();
        long revision = event.revision();
        boolean first = seen.add(UUID.fromString(event.header("ce_id")));
        long before = lastRevision.getOrDefault(application, 0L);
        lastRevision.merge(application, revision, Math::max);
        if (!first) {
            findings.add(Breach.DOUBLED, "An event was repeated: " + event + " revision=" + revision);
            return;
        }
        if (revision > before + 1) {
            findings.add(Breach.GAP, event + " has revision " + revision + " after " + before);
        } else if (revision <= before) {
            findings.add(Breach.OUT_OF_ORDER, event + " has revision " + revision + " after " + before);
        }
        JsonNode value = event.value();
        checkHeaders(event, value);
        findings.addAll(Breach.DIFFERING, chronicle.record(value));
        if (!TIMERS.contains(value.at("/customData/lockstep/commandSource").asText())) {
            lastOfCommand.merge(application, revision, Math::max);
        }
        if (DeploymentLoad.isOne(application)) {
            deployments.event(application, value);
            return;
        }
        Place place = new Place(application, revision);
        Due expected = due.remove(place);
        if (expected == null) {
            early.put(place, value);
        } else {
            compare(place, expected, value);
        }
    }

    private void checkHeaders(ConsumedRecord event, JsonNode value) {
        event.checkHeaders(findings, event.key());
        homes.settle(event.key(), event.record().partition(), event);
        Map<String, String> same = Map.of(
                "ce_id", "/context/id",
                "ce_source", "/context/source",
                "ce_type", "/context/type",
                "ce_time", "/context/timestamp",
                "ce_subject", "/subject/id");
        same.forEach((header, pointer) -> {
            if (!value.at(pointer).asText().equals(event.header(header))) {
                findings.add(Breach.DIFFERING, event + ": " + header + " is not " + pointer);
            }
        });
    }

    private void compare(Place place, Due expected, JsonNode value) {
        findings.addAll(
                Breach.DIFFERING,
                Comparison.event(expected.sent, place.application, expected.expected, value, chronicle));
    }

    /** The revision of the application's latest event. */
    long lastRevision(String application) {
        return lastRevision.getOrDefault(application, 0L);
    }

    /** The revisions of the applications' latest events. */
    Map<String, Long> lastRevisions() {
        return lastRevision;
    }

    /** The revisions of the applications' latest events that were caused by a command, which has a result, and not by a timer. */
    Map<String, Long> lastRevisionsOfCommands() {
        return lastOfCommand;
    }

    /** At the end, nothing may be left over on either side. */
    void finish() {
        due.forEach((place, event) -> findings.add(
                Breach.LOST, "No event " + place + " " + event.expected.fact() + " of " + event.sent.id()));
        List.copyOf(early.keySet())
                .forEach(place -> findings.add(Breach.DIFFERING, "An event that the model does not expect: " + place));
    }

    /** The events' ids and times. */
    EventLog chronicle() {
        return chronicle;
    }

    long count() {
        return seen.size();
    }
}
