package dev.lockstep.store;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.NewestReleases;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An application in a {@link UnitOfWork}: what is stored of it, its state by now, and what has to be written. */
final class TrackedApplication {

    /**
     * What is stored beside the state itself.
     *
     * @param revision 0 if the application is not stored
     * @param home the partition in which it lives; null if the first partition count alone locates it
     * @param due when its timer is due; null for none
     */
    record Stored(
            long revision, @Nullable Integer home, @Nullable Instant due) {

        static final Stored NONE = new Stored(0, null, null);
    }

    private final Application application;
    private final Stored stored;
    private final Set<String> loadedReleases = new HashSet<>();
    private final Set<String> loadedDroppedEnvironments = new HashSet<>();
    private final Set<String> changedReleases = new LinkedHashSet<>();
    private final List<Deployment.Ended> endedDeployments = new ArrayList<>();
    private @Nullable NewestReleases newestReleases;
    private @Nullable Instant nextDue;
    private boolean changed;

    TrackedApplication(Application application, Stored stored) {
        this.application = application;
        this.stored = stored;
        this.nextDue = stored.due();
    }

    Application application() {
        return application;
    }

    Stored stored() {
        return stored;
    }

    boolean isStored() {
        return stored.revision() > 0;
    }

    /** A release that the application already has keeps its state. */
    void addLoaded(Release release) {
        application.addStoredRelease(release);
        loadedReleases.add(release.id());
    }

    void addLoadedDropped(Environment dropped) {
        application.addStoredDroppedEnvironment(dropped);
        loadedDroppedEnvironments.add(dropped.id());
    }

    /** Whether the release was loaded, whatever has happened to it since. */
    boolean wasLoaded(String release) {
        return loadedReleases.contains(release);
    }

    /** Whether the environment was loaded as a dropped one. */
    boolean wasLoadedAsDropped(Environment environment) {
        return loadedDroppedEnvironments.contains(environment.id());
    }

    void setNewestReleases(NewestReleases newest) {
        newestReleases = newest;
    }

    /** @return what was set, which is valid for one check and so is forgotten; if nothing was set, what the loaded releases say */
    NewestReleases takeNewestReleases() {
        NewestReleases newest = newestReleases;
        newestReleases = null;
        return newest == null ? NewestReleases.of(application) : newest;
    }

    /** @param nextDue when something is due next; null for never */
    void record(Changes changes, @Nullable Instant nextDue) {
        this.nextDue = nextDue;
        if (!changes.events().isEmpty() || changes.hasChangesWithoutEvent()) {
            changed = true;
            changedReleases.addAll(changes.releases());
        }
        endedDeployments.addAll(changes.ended());
    }

    /** Whether the application itself has to be written. */
    boolean isChanged() {
        return changed;
    }

    /** The ids of the releases to write or delete. */
    Set<String> changedReleases() {
        return changedReleases;
    }

    /** The deployments that have ended and are to be remembered. */
    List<Deployment.Ended> endedDeployments() {
        return endedDeployments;
    }

    boolean isTimerChanged() {
        return !Objects.equals(nextDue, stored.due());
    }

    /** @return when something is due next, or null for never */
    @Nullable
    Instant nextDue() {
        return nextDue;
    }
}
