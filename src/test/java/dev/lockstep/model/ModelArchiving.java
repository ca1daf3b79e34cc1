package dev.lockstep.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What an application archives automatically, and when it checks for that (rule 29). */
record ModelArchiving(ModelState state) {

    private static final int MAX_ARCHIVED_AT_ONCE = 20;
    private static final Duration CHECK_INTERVAL = Duration.ofHours(24);

    /** Null for never. */
    Instant due() {
        return state.facts.keep() == null || state.archived ? null : state.nextLook;
    }

    /** Called by a timer, if a check is due. */
    void archiveIfDue() {
        Instant due = due();
        if (due == null || due.isAfter(state.now)) {
            return;
        }
        List<ModelRelease> all = toArchive();
        List<ModelRelease> some = all.subList(0, Math.min(MAX_ARCHIVED_AT_ONCE, all.size()));
        for (ModelRelease release : some) {
            release.archived = true;
            state.emitRelease(EventKind.RELEASE_ARCHIVED, release);
        }
        state.nextLook = some.size() < all.size() ? state.now : state.now.plus(CHECK_INTERVAL);
    }

    /** The oldest first. */
    private List<ModelRelease> toArchive() {
        ModelKeepPolicy keep = state.facts.keep();
        List<ModelRelease> inSight = state.releases.values().stream()
                .filter(release -> !release.archived)
                .sorted(Comparator.comparing(release -> release.createdRevision))
                .toList();
        Set<String> needed = needed();
        return inSight.subList(0, Math.max(0, inSight.size() - keep.releases())).stream()
                .filter(release -> !needed.contains(release.id))
                .filter(release -> !release.lastUsedAt.plus(keep.atLeast()).isAfter(state.now))
                .toList();
    }

    /** What is current or being deployed anywhere, and what an environment of the pipeline had before or would roll back to. */
    private Set<String> needed() {
        Set<String> needed = new HashSet<>();
        state.unfinished.values().forEach(deployment -> needed.add(deployment.release));
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
