package dev.lockstep.domain;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.gate.Gates;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The part of an application that the current commands need: its pipeline, its environments, and whichever of its releases
 * were loaded. Changed only by a {@link Transition}: by events, by heartbeats, by checks that find nothing to archive, and by
 * other reasons for which deployments wait.
 */
public final class Application implements Gate.ApplicationState {

    private final String id;
    private final Gates gates;
    private final Map<String, Deployment.EndedSummary> endedDeployments = new HashMap<>();
    private int unloadedDroppedCount;

    /* Changed only by a Transition and its EventApplier. */
    long revision;
    LastChange lastChange;
    Instant decidedAt;
    long releaseCount;
    Pipeline pipeline;
    Profile profile;
    boolean archived;
    KeepSchedule keepSchedule;
    final Map<String, Environment> environments = new LinkedHashMap<>();
    final Map<String, Release> releases = new LinkedHashMap<>();

    /** An application that is not known yet: revision 0, no pipeline. */
    public Application(String id) {
        this(id, Gates.ALL);
    }

    /** An application that is not known yet, with gates of its own. */
    Application(String id, Gates gates) {
        this(id, gates, 0, 0, Pipeline.NONE, List.of(), 0, Profile.EMPTY, false, KeepSchedule.NONE, null, Instant.MIN);
    }

    /**
     * An application as it was stored.
     *
     * @param releaseCount how many releases it has, loaded or not
     * @param environments those of the pipeline, and any dropped ones that are loaded
     * @param unloadedDroppedCount how many other dropped environments have a history
     * @param archived whether it is archived (rule 16)
     * @param keepSchedule which releases it keeps unarchived (rule 29)
     * @param lastChange the last change to the published state of the application itself; null if nothing is published yet
     * @param decidedAt the time of the last decision that changed anything
     */
    public Application(
            String id,
            long revision,
            long releaseCount,
            Pipeline pipeline,
            Collection<Environment> environments,
            int unloadedDroppedCount,
            Profile profile,
            boolean archived,
            KeepSchedule keepSchedule,
            LastChange lastChange,
            Instant decidedAt) {
        this(
                id,
                Gates.ALL,
                revision,
                releaseCount,
                pipeline,
                environments,
                unloadedDroppedCount,
                profile,
                archived,
                keepSchedule,
                lastChange,
                decidedAt);
    }

    private Application(
            String id,
            Gates gates,
            long revision,
            long releaseCount,
            Pipeline pipeline,
            Collection<Environment> environments,
            int unloadedDroppedCount,
            Profile profile,
            boolean archived,
            KeepSchedule keepSchedule,
            LastChange lastChange,
            Instant decidedAt) {
        this.id = id;
        this.gates = gates;
        this.decidedAt = decidedAt;
        this.revision = revision;
        this.releaseCount = releaseCount;
        this.pipeline = pipeline;
        this.profile = profile;
        this.archived = archived;
        this.keepSchedule = keepSchedule;
        this.lastChange = lastChange;
        environments.stream()
                .filter(environment -> environment.hasHistory() || positionOf(environment.id()) >= 0)
                .forEach(environment -> this.environments.put(environment.id(), environment));
        this.unloadedDroppedCount = unloadedDroppedCount;
    }

    /** Adds a stored release. */
    public void addStoredRelease(Release release) {
        releases.putIfAbsent(release.id(), release);
    }

    /** Adds a dropped environment that was stored separately. */
    public void addStoredDroppedEnvironment(Environment dropped) {
        environments.put(dropped.id(), dropped);
        unloadedDroppedCount--;
    }

    /** Adds how a deployment ended. */
    public void rememberEnded(Deployment.EndedSummary deployment) {
        endedDeployments.put(deployment.id(), deployment);
    }

    @Override
    public String id() {
        return id;
    }

    /** The time of the last decision that changed anything. */
    public Instant decidedAt() {
        return decidedAt;
    }

    /** The context of the next decision: here time never goes backwards, whatever the clock says. */
    public DecisionContext contextForNextDecision(DecisionContext context) {
        return context.now().isBefore(decidedAt) ? context.at(decidedAt) : context;
    }

    /** @return how that deployment ended, or null if it has not, or is not remembered (rule 25) */
    public Deployment.EndedSummary endedDeployment(String deployment) {
        return endedDeployments.get(deployment);
    }

    /** @return the waiting or in-progress deployment with that id, or null */
    public Deployment unfinishedDeployment(String deployment) {
        return environments.values().stream()
                .flatMap(Environment::unfinishedDeployments)
                .filter(candidate -> candidate.request().id().equals(deployment))
                .findFirst()
                .orElse(null);
    }

    /** Every reason why a deployment waits in that environment, as last judged (rule 27). */
    public List<Blocker> blockedBy(Environment environment, Deployment.Waiting waiting, DecisionContext context) {
        return gates.evaluate(Gate.GateContext.forDisplay(this, environment, waiting, context))
                .blockers(waiting.judgedAt());
    }

    Gates gates() {
        return gates;
    }

    /** How many deployments wait, in all environments. */
    int waitingCount() {
        return environments.values().stream()
                .mapToInt(environment -> environment.waiting().size())
                .sum();
    }

    /** @return when time alone changes something here next, or null for never */
    public Instant nextDueTime(DecisionContext context) {
        Instant next = archived ? null : keepSchedule.nextCheckAt();
        for (Environment environment : environments.values()) {
            if (environment.hasUnfinishedDeployments()) {
                next = Stream.concat(Stream.ofNullable(next), DeploymentProgress.dueTimes(this, environment, context))
                        .min(Comparator.naturalOrder())
                        .orElse(null);
            }
        }
        return next;
    }

    public long revision() {
        return revision;
    }

    public long releaseCount() {
        return releaseCount;
    }

    @Override
    public Pipeline pipeline() {
        return pipeline;
    }

    /** @param environment one that is in the pipeline */
    Policy policyOf(Environment environment) {
        return pipeline.stageOf(environment.id()).policy();
    }

    public Profile profile() {
        return profile;
    }

    public boolean isArchived() {
        return archived;
    }

    public KeepSchedule keepSchedule() {
        return keepSchedule;
    }

    /** Whether a timer that comes now checks for releases that nobody needs to see any longer (rule 29). */
    public boolean isKeepCheckDue(Instant now) {
        return !archived && keepSchedule.isDue(now);
    }

    /** Whether nobody needs to see a release any longer, disregarding whether it is one of the newest (rule 29). */
    public boolean isArchivable(Release release, Instant now) {
        return ArchiveRules.isArchivable(this, release, now);
    }

    /** @return the last change to the published state of the application itself, or null before the first */
    public LastChange lastChange() {
        return lastChange;
    }

    /** The releases that were loaded. */
    public Collection<Release> releases() {
        return Collections.unmodifiableCollection(releases.values());
    }

    /** @return the release, which must exist, and must be loaded for the command that is decided ({@link RequiredState}) */
    @Override
    public Release release(String id) {
        return requireLoaded(releases.get(id));
    }

    /** @return the release that the command names, or null if there is none; also null for any other that is not loaded */
    public Release releaseIfExists(String id) {
        return releases.get(id);
    }

    /** @return the environment, which is in the pipeline, or was dropped, has a history, and is loaded */
    @Override
    public Environment environment(String id) {
        return requireLoaded(environments.get(id));
    }

    /** @return the environment, or null if it does not exist or is not loaded */
    public Environment environmentIfLoaded(String id) {
        return environments.get(id);
    }

    private static <T> T requireLoaded(T part) {
        if (part == null) {
            throw new IllegalStateException("a rule needs a release or an environment that was not loaded for it");
        }
        return part;
    }

    /** The environments of the pipeline, and any loaded dropped ones that have a history. */
    public Collection<Environment> environments() {
        return Collections.unmodifiableCollection(environments.values());
    }

    /** How many dropped environments have a history, loaded or not: they get it back when they are added again (rule 8). */
    public int droppedEnvironmentCount() {
        int loadedCount = (int) environments.keySet().stream()
                .filter(environment -> positionOf(environment) < 0)
                .count();
        return loadedCount + unloadedDroppedCount;
    }

    public boolean exists() {
        return pipeline.size() > 0;
    }

    /** @return the environment's position in the pipeline, from 0, or -1 */
    public int positionOf(String id) {
        return pipeline.positionOf(id);
    }

    /** Whether any release is locked. A locked release is never deleted, and an environment shows what locked it. */
    boolean hasLockedRelease() {
        return droppedEnvironmentCount() > 0
                || environments.values().stream()
                        .anyMatch(environment -> environment.hasHistory() || environment.hasUnfinishedDeployments());
    }

    /** Decides on a command: first checks what it names (contract, section 4), then applies its rule. Changes nothing. */
    public Decision decide(Command command, DecisionContext context) {
        Decision rejection = Preconditions.check(this, command);
        return rejection != null ? rejection : command.decide(this, context);
    }

    /** A copy, to see what a command would change. */
    public Application copy() {
        Application copy = new Application(
                id,
                gates,
                revision,
                releaseCount,
                pipeline,
                environments.values().stream().map(Environment::copy).toList(),
                unloadedDroppedCount,
                profile,
                archived,
                keepSchedule,
                lastChange,
                decidedAt);
        copy.releases.putAll(releases);
        copy.endedDeployments.putAll(endedDeployments);
        return copy;
    }

    /**
     * Applies the events of one accepted command, each of which takes the next revision, and the events that follow from them.
     *
     * @return how the published state changed
     */
    public Changes apply(Decision.Accepted accepted, DecisionContext context) {
        return new Transition(this, context).apply(accepted);
    }

    /**
     * Carries out everything that is due by now (contract, section 3, timers).
     *
     * @param newest asked for the newest releases if it is to be checked which ones to keep (rule 29)
     */
    public Changes applyDue(DecisionContext context, Supplier<NewestReleases> newest) {
        return new Transition(this, context).applyDue(newest);
    }
}
