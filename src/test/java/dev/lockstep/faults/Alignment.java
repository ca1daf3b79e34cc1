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
 * All or nothing: what one record tells must soon be told by the others of its transaction. "Soon" is exact: when everything
 * has been read that lay in any partition at a moment after the first one was read.
 */
final class Alignment {

    private final Admin admin;
    private final Findings findings;
    private final EventsCheck events;
    private final ResultsCheck results;
    private final StatusCheck statuses;
    private Map<String, Long> claimedToEvents;
    private Map<String, Long> claimedToResults;
    private Future<Map<TopicPartition, ListOffsetsResultInfo>> ends;
    private long done;

    Alignment(Admin admin, Findings findings, EventsCheck events, ResultsCheck results, StatusCheck statuses) {
        this.admin = admin;
        this.findings = findings;
        this.events = events;
        this.results = results;
        this.statuses = statuses;
    }

    /** Called after each poll: begins a comparison, or ends the one under way if all has been read for it. */
    void go(Map<TopicPartition, Long> positions) {
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
            if (!Lives.isOne(application)) { // there, it may be of a timer
                claimedToResults.merge(application, r, Math::max);
            }
        });
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
