package dev.lockstep.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What ever happened in an environment; it outlives the environment's place in the pipeline (rule 8). */
final class ModelEnvironment {

    final String id;
    /** The latest deployment, null before the first. */
    ExpectedDeployment last;
    /** The revision of the event with which the current release became current. */
    long since;
    /** Everything that was ever current, oldest first; null where it was emptied. */
    private final List<String> currents = new ArrayList<>();

    private List<String> line = new ArrayList<>();

    ModelEnvironment(String id) {
        this.id = id;
    }

    String current() {
        return currents.isEmpty() ? null : currents.get(currents.size() - 1);
    }

    String previous() {
        for (int i = currents.size() - 1; i >= 0; i--) {
            String candidate = currents.get(i);
            if (candidate != null && !Objects.equals(candidate, current())) {
                return candidate;
            }
        }
        return null;
    }

    /** Rule 6: the one before the current on the line; null with nothing current. */
    String beforeCurrent() {
        int place = current() == null ? -1 : line.indexOf(current());
        return place > 0 ? line.get(place - 1) : null;
    }

    /** Rule 6: rollback for a release that stands before the end of the line. */
    String actionFor(String release) {
        int place = line.indexOf(release);
        return place >= 0 && place < line.size() - 1 ? "rollback" : "deploy";
    }

    /** Rule 15: a redeploy leaves all but the deployment as it is. */
    void succeed(ExpectedDeployment deployment) {
        last = deployment;
        if (deployment.isRedeploy()) {
            return;
        }
        String release = deployment.release();
        since = deployment.revision();
        currents.add(release);
        int place = line.indexOf(release);
        if (place >= 0) {
            line = new ArrayList<>(line.subList(0, place + 1));
        } else {
            line.add(release);
        }
    }

    void empty() {
        currents.add(null);
    }

    List<String> line() {
        return List.copyOf(line);
    }
}
