package dev.lockstep.store;

import dev.lockstep.batch.BatchState;
import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.NewestReleases;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Release;
import dev.lockstep.partition.HomePartitioner;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.StateJson;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A {@link BatchState} that also knows what was loaded and what has to be written. */
public final class UnitOfWork implements BatchState {

    private final Map<String, TrackedApplication> applications = new LinkedHashMap<>();
    private final Map<UUID, FirstOutcome> outcomesByKey = new HashMap<>();
    private final Map<UUID, FirstOutcome> remembered = new LinkedHashMap<>();
    private HomePartitioner homes;
    private DecisionContext context;
    private UnloadedReleases unloadedReleases;

    public UnitOfWork(HomePartitioner homes) {
        this.homes = homes;
    }

    /** A unit of work whose {@linkplain #homes counts} are not known yet. */
    UnitOfWork() {}

    @Override
    public DecisionContext context() {
        return context;
    }

    /** @param context must be set before anything is decided */
    public void setContext(DecisionContext context) {
        this.context = context;
    }

    @Override
    public Application application(String id) {
        return tracked(id).application();
    }

    private TrackedApplication tracked(String id) {
        return applications.computeIfAbsent(
                id, unknown -> new TrackedApplication(new Application(unknown), TrackedApplication.Stored.NONE));
    }

    @Override
    public int homePartitionOf(String application) {
        TrackedApplication tracked = applications.get(application);
        if (tracked == null || !tracked.isStored()) {
            return homes.homeOfNew(application);
        }
        Integer home = tracked.stored().home();
        return home == null ? homes.initialHomeOf(application) : home;
    }

    @Override
    public int homePartition(byte[] key) {
        return homes.homeOfNew(key);
    }

    @Override
    public int existingPartition(int partition) {
        return partition % homes.currentCount();
    }

    @Override
    public NewestReleases takeNewestReleases(Application application) {
        return tracked(application.id()).takeNewestReleases();
    }

    @Override
    public FirstOutcome firstOutcome(UUID key) {
        return outcomesByKey.get(key);
    }

    @Override
    public void remember(UUID key, FirstOutcome outcome) {
        outcomesByKey.put(key, outcome);
        remembered.put(key, outcome);
    }

    /** What is due is asked here, not when it is written, so that a fault in a gate is attributed to the record being decided. */
    @Override
    public void recordChanges(Application application, Changes changes) {
        tracked(application.id()).record(changes, application.nextDueTime(context));
        if (changes.affectsEveryRelease() && application.releases().size() < application.releaseCount()) {
            unloadedReleases = new UnloadedReleases(
                    application,
                    Set.copyOf(changes.releases()),
                    changes.lastChange(),
                    context.at(changes.lastChange().at()));
        }
    }

    /** Loads a release unless already loaded; fails with {@link NewerFormatException}. */
    void loadRelease(String application, String id, String content, int format) {
        NewerFormatException.requireKnown("release", format, StateJson.RELEASE_FORMAT);
        if (!tracked(application).wasLoaded(id)) {
            addLoadedRelease(application, StateJson.parseRelease(id, content));
        }
    }

    /**
     * Releases that were changed but are not loaded: all of the application's but the loaded ones.
     *
     * @param loadedIds the ids of the loaded ones
     */
    record UnloadedReleases(
            Application application, Set<String> loadedIds, LastChange lastChange, DecisionContext context) {}

    /** @return what is still to be read, changed and output, or null */
    UnloadedReleases unloadedReleases() {
        return unloadedReleases;
    }

    void setHomes(HomePartitioner homes) {
        this.homes = homes;
    }

    void addLoaded(Application application, TrackedApplication.Stored stored) {
        if (applications.putIfAbsent(application.id(), new TrackedApplication(application, stored)) != null) {
            throw new IllegalStateException("what belongs to an application was read before the application");
        }
    }

    /** The application may not be stored: then none of its releases is either. */
    void addLoadedRelease(String application, Release release) {
        tracked(application).addLoaded(release);
    }

    /** A dropped environment of a loaded application. */
    void addLoadedDroppedEnvironment(String application, Environment dropped) {
        tracked(application).addLoadedDropped(dropped);
    }

    void addNewestReleases(Application application, NewestReleases newest) {
        tracked(application.id()).setNewestReleases(newest);
    }

    void addFirstOutcome(UUID key, FirstOutcome outcome) {
        outcomesByKey.put(key, outcome);
    }

    /** @return the application if it was loaded or has since been created by a command, else null */
    Application applicationIfLoaded(String id) {
        TrackedApplication tracked = applications.get(id);
        return tracked == null ? null : tracked.application();
    }

    /** All applications that were loaded or named. */
    Collection<TrackedApplication> applications() {
        return applications.values();
    }

    /** The outcomes by idempotency key, in order. */
    Map<UUID, FirstOutcome> remembered() {
        return remembered;
    }

    /** Whether the first partition count alone would not locate the application. */
    boolean needsStoredHome(String application) {
        return homePartitionOf(application) != homes.initialHomeOf(application);
    }
}
