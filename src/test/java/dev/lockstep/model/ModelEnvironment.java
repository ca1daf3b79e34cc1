package dev.lockstep.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Everything that ever happened in an environment; it outlives the environment's place in the pipeline (rule 8). */
final class ModelEnvironment {

    final String id;
    /** The latest deployment that started and ended, null before the first. */
    ExpectedDeployment last;
    /** The first revision of the deployment that made the current release current. */
    long currentDeployment;
    /** Who requested that deployment, or null. */
    String currentActor;
    /** The revision of the event with which the current release became current. */
    long since;
    /** Everything that was ever current, oldest first; null for when it was emptied. */
    private final List<String> currentHistory;

    private List<String> line;

    ModelEnvironment(String id) {
        this(id, List.of(), List.of());
    }

    private ModelEnvironment(String id, List<String> currents, List<String> line) {
        this.id = id;
        this.currentHistory = new ArrayList<>(currents);
        this.line = new ArrayList<>(line);
    }

    ModelEnvironment copy() {
        ModelEnvironment copy = new ModelEnvironment(id, currentHistory, line);
        copy.last = last;
        copy.currentDeployment = currentDeployment;
        copy.currentActor = currentActor;
        copy.since = since;
        return copy;
    }

    String current() {
        return currentHistory.isEmpty() ? null : currentHistory.get(currentHistory.size() - 1);
    }

    String previous() {
        for (int i = currentHistory.size() - 1; i >= 0; i--) {
            String candidate = currentHistory.get(i);
            if (candidate != null && !Objects.equals(candidate, current())) {
                return candidate;
            }
        }
        return null;
    }

    /** Rule 6: the one before the current release on the line; null if nothing is current. */
    String beforeCurrent() {
        int place = current() == null ? -1 : line.indexOf(current());
        return place > 0 ? line.get(place - 1) : null;
    }

    /** Rule 6: rollback for a release that stands before the end of the line. */
    String actionFor(String release) {
        int place = line.indexOf(release);
        return place >= 0 && place < line.size() - 1 ? "rollback" : "deploy";
    }

    /**
     * Rule 15: a redeploy of what is current leaves everything but the deployment as it is.
     *
     * @param revision the revision of the event about the success
     */
    void succeed(ModelDeployment deployment, long revision) {
        String release = deployment.release;
        currentDeployment = deployment.revision;
        currentActor = deployment.actor;
        if (release.equals(current())) {
            return;
        }
        since = revision;
        currentHistory.add(release);
        int place = line.indexOf(release);
        if (place >= 0) {
            line = new ArrayList<>(line.subList(0, place + 1));
        } else {
            line.add(release);
        }
    }

    void empty() {
        currentHistory.add(null);
    }

    List<String> line() {
        return List.copyOf(line);
    }
}
