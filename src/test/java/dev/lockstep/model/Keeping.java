package dev.lockstep.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What an application archives by itself, and when it looks for that (rule 29). */
record Keeping(ModelState state) {

    private static final int MOST_AT_ONCE = 20;
    private static final Duration BETWEEN_LOOKS = Duration.ofHours(24);

    /** Null for never. */
    Instant due() {
        return state.facts.keep() == null || state.archived ? null : state.nextLook;
    }

    /** By a timer, if a look is due. */
    void lookAgain() {
        Instant due = due();
        if (due == null || due.isAfter(state.now)) {
            return;
        }
        List<ModelRelease> all = toArchive();
        List<ModelRelease> some = all.subList(0, Math.min(MOST_AT_ONCE, all.size()));
        for (ModelRelease release : some) {
            release.archived = true;
            state.emitRelease(Fact.RELEASE_ARCHIVED, release);
        }
        state.nextLook = some.size() < all.size() ? state.now : state.now.plus(BETWEEN_LOOKS);
    }

    /** The oldest first. */
    private List<ModelRelease> toArchive() {
        Keep keep = state.facts.keep();
        List<ModelRelease> inSight = state.releases.values().stream()
                .filter(release -> !release.archived)
                .sorted(Comparator.comparing(release -> release.createdRevision))
                .toList();
        Set<String> needed = needed();
        return inSight.subList(0, Math.max(0, inSight.size() - keep.releases())).stream()
                .filter(release -> !needed.contains(release.id))
                .filter(release -> !release.lastOfUse.plus(keep.atLeast()).isAfter(state.now))
                .toList();
    }

    /** What is current or on its way anywhere, and what an environment of the pipeline had before or goes back to. */
    private Set<String> needed() {
        Set<String> needed = new HashSet<>();
        state.onTheirWay.values().forEach(deployment -> needed.add(deployment.release));
        for (String id : state.pipeline.ids()) {
            ModelEnvironment environment = state.environment(id);
            needed.add(environment.current());
            needed.add(environment.previous());
            needed.add(environment.beforeCurrent());
        }
        needed.removeIf(Objects::isNull);
        return needed;
    }
}
