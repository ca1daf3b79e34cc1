package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An environment as its events tell it, now and at each revision at which it changed. */
final class LiveEnvironment {

    /** @param id, release of a deployment */
    record OnItsWay(String id, String release) {}

    /** As of a revision; null for none. */
    record Snapshot(OnItsWay active, List<OnItsWay> waiting, String current, String lastDeployment) {

        /** What a release's placement is to have as {@code active}. */
        String onItsWay(String release) {
            if (active != null && active.release.equals(release)) {
                return active.id;
            }
            return waiting.stream()
                    .filter(one -> one.release.equals(release))
                    .map(OnItsWay::id)
                    .findFirst()
                    .orElse(null);
        }
    }

    private static final Snapshot EMPTY = new Snapshot(null, List.of(), null, null);

    final Map<String, LiveDeployment> waiting = new LinkedHashMap<>();
    private final TreeMap<Long, Snapshot> snapshots = new TreeMap<>();
    JsonNode policy = MissingNode.getInstance();
    Instant policySince;
    LiveDeployment active;
    /** The deployment that made current what is current, null with nothing current. */
    LiveDeployment current;
    /** What failed, and is to be followed by a restore; null for none. */
    LiveDeployment toRestore;

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

    /** The first of those that wait for others alone, null for none. */
    LiveDeployment firstInLine() {
        return waiting.values().stream()
                .filter(one -> !one.awaitsItsTime)
                .findFirst()
                .orElse(null);
    }

    /** It has left those that wait, if it was among them. */
    void begin(LiveDeployment one) {
        one.free = freeSince;
        one.isReported = isReported();
        active = one;
    }

    /** Of one that started. */
    void end(LiveDeployment one) {
        active = active == one ? null : active;
        freeSince = one.finishedAt;
        lastDeployment = one.id;
    }

    void keep(long revision) {
        snapshots.put(
                revision,
                new Snapshot(
                        active == null ? null : onItsWay(active),
                        waiting.values().stream().map(LiveEnvironment::onItsWay).toList(),
                        current == null ? null : current.id,
                        lastDeployment));
    }

    private static OnItsWay onItsWay(LiveDeployment deployment) {
        return new OnItsWay(deployment.id, deployment.release);
    }

    Snapshot at(long revision) {
        Map.Entry<Long, Snapshot> latest = snapshots.floorEntry(revision);
        return latest == null ? EMPTY : latest.getValue();
    }
}
