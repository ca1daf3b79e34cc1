package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An environment according to its events, now and at each revision at which it changed. */
final class ObservedEnvironment {

    /** The id and the release of a deployment. */
    record PendingRelease(String id, String release) {}

    /** As of a revision; null for none. */
    record Snapshot(PendingRelease active, List<PendingRelease> waiting, String current, String lastDeployment) {

        /** What a release's placement must have as {@code active}. */
        String onItsWay(String release) {
            if (active != null && active.release.equals(release)) {
                return active.id;
            }
            return waiting.stream()
                    .filter(pending -> pending.release.equals(release))
                    .map(PendingRelease::id)
                    .findFirst()
                    .orElse(null);
        }
    }

    private static final Snapshot EMPTY = new Snapshot(null, List.of(), null, null);

    final Map<String, ObservedDeployment> waiting = new LinkedHashMap<>();
    private final TreeMap<Long, Snapshot> snapshots = new TreeMap<>();
    JsonNode policy = MissingNode.getInstance();
    Instant policySince;
    ObservedDeployment active;
    /** The deployment that made the current release current, null if nothing is current. */
    ObservedDeployment current;
    /** The failed deployment that must be followed by a restore; null for none. */
    ObservedDeployment toRestore;

    private String lastDeployment;
    private Instant freeSince;

    void changePolicy(JsonNode changed, Instant now) {
        policySince = changed.equals(policy) ? policySince : now;
        policy = changed;
    }

    boolean isReported() {
        return says("completion", "reported");
    }

    boolean says(String member, String value) {
        return policy.path(member).asText().equals(value);
    }

    /** The first of those that wait only for others, null for none. */
    ObservedDeployment firstInLine() {
        return waiting.values().stream()
                .filter(deployment -> !deployment.awaitsItsTime)
                .findFirst()
                .orElse(null);
    }

    /** It is no longer among the waiting ones, if it was. */
    void begin(ObservedDeployment deployment) {
        deployment.free = freeSince;
        deployment.isReported = isReported();
        active = deployment;
    }

    /** Ends a deployment that had started. */
    void end(ObservedDeployment deployment) {
        active = active == deployment ? null : active;
        freeSince = deployment.finishedAt;
        lastDeployment = deployment.id;
    }

    void keep(long revision) {
        snapshots.put(
                revision,
                new Snapshot(
                        active == null ? null : onItsWay(active),
                        waiting.values().stream()
                                .map(ObservedEnvironment::onItsWay)
                                .toList(),
                        current == null ? null : current.id,
                        lastDeployment));
    }

    private static PendingRelease onItsWay(ObservedDeployment deployment) {
        return new PendingRelease(deployment.id, deployment.release);
    }

    Snapshot at(long revision) {
        Map.Entry<Long, Snapshot> latest = snapshots.floorEntry(revision);
        return latest == null ? EMPTY : latest.getValue();
    }
}
