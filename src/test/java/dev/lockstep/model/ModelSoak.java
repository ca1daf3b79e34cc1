package dev.lockstep.model;

import dev.lockstep.model.ModelRelease.EnvironmentHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Where and for how long a release must have run before a deployment of it starts (rule 30).
 *
 * @param environments those in which it must soak, and has succeeded: where it has not, the order of promotion refuses the start
 */
record ModelSoak(ModelState state, ModelRelease release, Duration soakTime, List<String> environments) {

    static ModelSoak of(ModelState state, ModelDeployment deployment) {
        String target = deployment.environment;
        ModelRelease release = state.releases.get(deployment.release);
        Duration soakTime = state.pipeline.stop(target).policy().soakDuration();
        boolean exempt =
                soakTime == null || deployment.requestedKind != CommandKind.DEPLOY || state.succeeded(release, target);
        List<String> environments = exempt
                ? List.of()
                : state.pipeline.predecessors(target).stream()
                        .filter(id -> state.succeeded(release, id))
                        .toList();
        return new ModelSoak(state, release, soakTime, environments);
    }

    /** Whether it must soak anywhere, though it may have done so. */
    boolean isRequired() {
        return !environments.isEmpty();
    }

    /** Whether it must soak, and has not. */
    boolean isMissing(Instant now) {
        Instant until = until();
        return isRequired() && (until == null || until.isAfter(now));
    }

    /** When it will have soaked everywhere, or had; null if it does not run in one of the environments, and has not soaked there. */
    Instant until() {
        Instant latest = null;
        for (String environment : environments) {
            Instant one = until(environment);
            if (one == null) {
                return null;
            }
            latest = latest == null || one.isAfter(latest) ? one : latest;
        }
        return latest;
    }

    /** If it soaked there earlier, nothing is left to wait for since it last came or went. */
    private Instant until(String environment) {
        if (state.pipeline.isFirst(environment)) {
            return release.createdAt.plus(soakTime);
        }
        EnvironmentHistory place = release.places.get(environment);
        if (place.longestStay.compareTo(soakTime) >= 0) {
            return place.sinceTime;
        }
        boolean isCurrent = release.id.equals(state.environment(environment).current());
        return isCurrent ? place.sinceTime.plus(soakTime) : null;
    }
}
