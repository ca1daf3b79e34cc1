package dev.lockstep.store;

import dev.lockstep.batch.BatchState;
import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.NewestReleases;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Release;
import dev.lockstep.partition.HomePartitions;
import dev.lockstep.store.format.NewerFormatException;
import dev.lockstep.store.format.StateJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** The state that a batch's records read and change, held in memory between loading and writing it. */
public final class UnitOfWork implements BatchState {

    private final Map<String, Application> applications = new HashMap<>();
    private final Map<UUID, FirstOutcome> outcomesByKey = new HashMap<>();
    private final Map<UUID, FirstOutcome> remembered = new LinkedHashMap<>();
    private final Map<String, Set<String>> storedReleases = new HashMap<>();
    private final Map<String, Set<String>> changedReleases = new LinkedHashMap<>();
    private final Map<String, Set<String>> storedDroppedEnvironments = new HashMap<>();
    private final Map<String, Long> revisionsBefore = new HashMap<>();
    private final Map<String, Integer> storedHomes = new HashMap<>();
    private final Map<String, Instant> storedDueTimes = new HashMap<>();
    private final Map<String, NewestReleases> newestReleases = new HashMap<>();
    private final Map<String, Instant> dueTimes = new LinkedHashMap<>();
    private final Map<String, List<Deployment.Ended>> ended = new LinkedHashMap<>();
    private HomePartitions homes;
    private DecisionContext context;
    private UnloadedReleases unloadedReleases;

    public UnitOfWork(HomePartitions homes) {
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
        return applications.computeIfAbsent(id, Application::new);
    }

    @Override
    public int homePartition(String application) {
        if (!revisionsBefore.containsKey(application)) {
            return homes.homeOfNew(application);
        }
        Integer home = storedHomes.get(application);
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

    /** What was loaded is valid for one check, so it is removed. */
    @Override
    public NewestReleases takeNewestReleases(Application application) {
        NewestReleases read = newestReleases.remove(application.id());
        return read == null ? NewestReleases.of(application) : read;
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

    /** What is due is asked here, not when it is written: a fault in a gate is then one of the record that was decided. */
    @Override
    public void recordChanges(Application application, Changes changes) {
        dueTimes.put(application.id(), application.nextDue(context));
        if (!changes.events().isEmpty() || changes.hasChangesWithoutEvent()) {
            changedReleases
                    .computeIfAbsent(application.id(), id -> new LinkedHashSet<>())
                    .addAll(changes.releases());
        }
        if (!changes.ended().isEmpty()) {
            ended.computeIfAbsent(application.id(), id -> new ArrayList<>()).addAll(changes.ended());
        }
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
        if (!wasLoaded(application, id)) {
            addLoaded(application, StateJson.release(id, content));
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

    void setHomes(HomePartitions homes) {
        this.homes = homes;
    }

    /**
     * @param home null for an application that lives where the first count puts it
     * @param due when its timer is due; null for none
     */
    void addLoaded(Application application, Integer home, Instant due) {
        if (applications.putIfAbsent(application.id(), application) != null) {
            throw new IllegalStateException("what belongs to an application was read before the application");
        }
        revisionsBefore.put(application.id(), application.revision());
        storedHomes.put(application.id(), home);
        storedDueTimes.put(application.id(), due);
    }

    /** The application may not be stored: then none of its releases is either. */
    void addLoaded(String application, Release release) {
        application(application).addStoredRelease(release);
        storedReleases.computeIfAbsent(application, id -> new HashSet<>()).add(release.id());
    }

    /** A dropped environment of a loaded application. */
    void addLoadedDropped(String application, Environment dropped) {
        applicationIfLoaded(application).addStoredDropped(dropped);
        storedDroppedEnvironments
                .computeIfAbsent(application, id -> new HashSet<>())
                .add(dropped.id());
    }

    void addNewestReleases(Application application, NewestReleases newest) {
        newestReleases.put(application.id(), newest);
    }

    void addFirstOutcome(UUID key, FirstOutcome outcome) {
        outcomesByKey.put(key, outcome);
    }

    /** @return the next due times of the applications whose timers have to be written; null for never */
    Map<String, Instant> timersToWrite() {
        Map<String, Instant> timers = new LinkedHashMap<>(dueTimes);
        timers.entrySet().removeIf(timer -> Objects.equals(timer.getValue(), storedDueTimes.get(timer.getKey())));
        return timers;
    }

    /** The deployments that ended and are to be remembered, by application. */
    Map<String, List<Deployment.Ended>> ended() {
        return ended;
    }

    /** @return the application if it was loaded or has since been created by a command, else null */
    Application applicationIfLoaded(String id) {
        return applications.get(id);
    }

    /** The outcomes by idempotency key, in order. */
    Map<UUID, FirstOutcome> remembered() {
        return remembered;
    }

    /** The ids of the releases to write or delete, by application. */
    Map<String, Set<String>> changedReleases() {
        return changedReleases;
    }

    /** Whether it was loaded, whatever has happened to it since. */
    boolean wasLoaded(String application, String release) {
        return storedReleases.getOrDefault(application, Set.of()).contains(release);
    }

    /** Whether the first partition count alone would not locate the application. */
    boolean needsStoredHome(String application) {
        return homePartition(application) != homes.initialHomeOf(application);
    }

    /** Whether it was loaded as a dropped one. */
    boolean isStoredAsDropped(String application, String environment) {
        return storedDroppedEnvironments.getOrDefault(application, Set.of()).contains(environment);
    }

    /** @return the application's revision when it was loaded; 0 if it was not stored */
    long revisionBefore(String application) {
        return revisionsBefore.getOrDefault(application, 0L);
    }
}
