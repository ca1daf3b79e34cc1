package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * All or nothing: what one record says must soon be said by the others of its transaction. "Soon" is precise: once everything
 * has been read that was in any partition at some moment after the first record was read.
 */
final class Alignment {

    private final Admin admin;
    private final Findings findings;
    private final EventsCheck events;
    private final ResultsCheck results;
    private final StatusCheck statuses;
    private Map<String, Long> claimedToEvents;
    private Map<String, Long> claimedToResults;
    private Map<String, Long> claimedToStatuses;
    private Future<Map<TopicPartition, ListOffsetsResultInfo>> ends;
    private long done;

    Alignment(Admin admin, Findings findings, EventsCheck events, ResultsCheck results, StatusCheck statuses) {
        this.admin = admin;
        this.findings = findings;
        this.events = events;
        this.results = results;
        this.statuses = statuses;
    }

    /** Called after each poll: begins a comparison, or completes the current one if everything has been read for it. */
    void advance(Map<TopicPartition, Long> positions) {
        if (ends == null) {
            begin(positions);
        } else if (ends.isDone()) {
            end(positions);
        }
    }

    long done() {
        return done;
    }

    private void begin(Map<TopicPartition, Long> positions) {
        claimedToEvents = new HashMap<>(statuses.lastRevisions());
        results.lastRevisions().forEach((application, r) -> claimedToEvents.merge(application, r, Math::max));
        claimedToResults = new HashMap<>(events.lastRevisionsOfCommands());
        statuses.lastRevisions().forEach((application, r) -> {
            if (!DeploymentLoad.isOne(application)) { // for those, it may come from a timer
                claimedToResults.merge(application, r, Math::max);
            }
        });
        claimedToStatuses = new HashMap<>(events.lastRevisions());
        ends = admin.listOffsets(positions.keySet().stream()
                        .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                .all();
    }

    private void end(Map<TopicPartition, Long> positions) {
        Map<TopicPartition, ListOffsetsResultInfo> wanted;
        try {
            wanted = ends.get();
        } catch (Exception brokerAway) {
            ends = null;
            return;
        }
        if (wanted.entrySet().stream()
                .allMatch(end -> positions.get(end.getKey()) >= end.getValue().offset())) {
            require(claimedToEvents, events::lastRevision, "no event");
            require(claimedToResults, results::lastRevision, "no result");
            require(claimedToStatuses, statuses::lastRevision, "no status");
            done++;
            ends = null;
        }
    }

    private void require(Map<String, Long> claimed, ToLongFunction<String> told, String what) {
        claimed.forEach((application, revision) -> {
            if (told.applyAsLong(application) < revision) {
                findings.add(Breach.TORN, application + " was told to be at revision " + revision + ", with " + what);
            }
        });
    }
}
