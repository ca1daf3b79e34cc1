package dev.lockstep.domain;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.gate.Gates;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The part of an application that the current commands need: its pipeline, its environments, and whichever of its releases
 * were loaded. Only events change it.
 */
public final class Application {

    private static final long NOT_KNOWN_YET = -1;

    private final String id;
    private final Gates gates;
    private long revision;
    private int unloadedDroppedCount;
    private LastChange lastChange;
    private Instant decidedAt;
    private final Map<String, Deployment.EndedSummary> past = new HashMap<>();
    private Long keptFromRevision;

    /* Changed by Applying. */
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

    /** The same with other gates than those of every application. */
    Application(String id, Gates gates) {
        this(id, gates, 0, 0, Pipeline.NONE, List.of(), 0, Profile.EMPTY, false, KeepSchedule.NONE, null, Instant.MIN);
    }

    /**
     * As it was stored.
     *
     * @param releaseCount how many releases it has, loaded or not
     * @param environments those of the pipeline, and any dropped ones that are at hand
     * @param droppedElsewhere how many other dropped environments have a history
     * @param archived whether it is out of sight (rule 16)
     * @param keepSchedule what it keeps in sight (rule 29)
     * @param lastChange the last change to the published state of the application itself; null if nothing was published yet
     * @param decidedAt the time of the last decision that changed anything
     */
    public Application(
            String id,
            long revision,
            long releaseCount,
            Pipeline pipeline,
            Collection<Environment> environments,
            int droppedElsewhere,
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
                droppedElsewhere,
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
            int droppedElsewhere,
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
                .filter(environment -> environment.hasHistory() || position(environment.id()) >= 0)
                .forEach(environment -> this.environments.put(environment.id(), environment));
        this.unloadedDroppedCount = droppedElsewhere;
    }

    /** Adds a stored release. */
    public void load(Release release) {
        releases.putIfAbsent(release.id(), release);
    }

    /** Adds a dropped environment, which was stored elsewhere. */
    public void load(Environment dropped) {
        environments.put(dropped.id(), dropped);
        unloadedDroppedCount--;
    }

    /** Adds how a deployment ended. */
    public void load(Deployment.EndedSummary deployment) {
        past.put(deployment.id(), deployment);
    }

    /**
     * Says, for one look (rule 29) at an application whose releases are not all at hand, which releases are the newest. The
     * candidates for archiving are at hand then: those with the lowest created revisions, one more than are archived at once.
     *
     * @param newestFrom the lowest created revision among the newest; 0 when there are no others; null when not known yet
     */
    public void loadKeptFrom(Long newestFrom) {
        this.keptFromRevision = newestFrom == null ? NOT_KNOWN_YET : newestFrom;
    }

    public String id() {
        return id;
    }

    /** The time of the last decision that changed anything. */
    public Instant decidedAt() {
        return decidedAt;
    }

    /** The context of the next decision: time never goes back here, whatever the clock says. */
    public DecisionContext inOrder(DecisionContext context) {
        return context.now().isBefore(decidedAt) ? context.at(decidedAt) : context;
    }

    /** @return how that deployment ended, or null when it did not, or is not remembered (rule 25) */
    public Deployment.EndedSummary endedDeployment(String deployment) {
        return past.get(deployment);
    }

    /** @return the deployment of that id that waits or is in progress, or null */
    public Deployment unfinishedDeployment(String deployment) {
        return environments.values().stream()
                .flatMap(Environment::unfinishedDeployments)
                .filter(one -> one.request().id().equals(deployment))
                .findFirst()
                .orElse(null);
    }

    /** Every reason why a deployment waits in that environment, as it was last judged (rule 27). */
    public List<Blocker> blockedBy(Environment environment, Deployment.Waiting waiting, DecisionContext context) {
        return gates.evaluate(
                        Gate.GateContext.telling(pipeline.stageOf(environment.id()), environment, waiting, context))
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
    public Instant nextDue(DecisionContext context) {
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

    public Pipeline pipeline() {
        return pipeline;
    }

    public Profile profile() {
        return profile;
    }

    public boolean archived() {
        return archived;
    }

    public KeepSchedule keeping() {
        return keepSchedule;
    }

    /** Whether a timer that comes now looks for releases that nobody needs to see (rule 29). */
    public boolean isKeepCheckDue(Instant now) {
        return !archived && keepSchedule.isDue(now);
    }

    /** Whether nobody needs to see a release any longer, unless it is one of the newest (rule 29). */
    public boolean isArchivable(Release release, Instant now) {
        return ArchiveRules.isUnneeded(this, release, now);
    }

    /** @return the last change to the published state of the application itself, or null before the first */
    public LastChange lastChange() {
        return lastChange;
    }

    /** Those that were loaded. */
    public Collection<Release> releases() {
        return releases.values();
    }

    /** @return the release, or null when there is none (or it was not loaded) */
    public Release release(String release) {
        return releases.get(release);
    }

    /** @return the environment, a dropped one too if it has a history and is at hand, or null */
    public Environment environment(String environment) {
        return environments.get(environment);
    }

    /** Those of the pipeline, and any dropped ones at hand that have a history. */
    public Collection<Environment> environments() {
        return environments.values();
    }

    /** How many dropped environments have a history, loaded or not: they get it back when they are added again (rule 8). */
    public int droppedCount() {
        int atHand = (int) environments.keySet().stream()
                .filter(environment -> position(environment) < 0)
                .count();
        return atHand + unloadedDroppedCount;
    }

    public boolean exists() {
        return pipeline.size() > 0;
    }

    /** @return the environment's place in the pipeline from 0, or -1 */
    public int position(String environment) {
        return pipeline.position(environment);
    }

    /** Whether any release is locked. A locked release is never deleted, and an environment shows what locked it. */
    boolean hasLockedRelease() {
        return droppedCount() > 0
                || environments.values().stream().anyMatch(one -> one.hasHistory() || one.hasUnfinishedDeployments());
    }

    /** Decides on a command: first checks what it names (contract, section 4), then applies its rule. Changes nothing. */
    public Decision decide(Command command, DecisionContext context) {
        Decision missing = Preconditions.check(this, command);
        return missing != null ? missing : command.decide(this, context);
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
        copy.past.putAll(past);
        return copy;
    }

    /**
     * Applies the events of one accepted command, each of which takes the next revision, and the events that follow from them.
     *
     * @return how the published state changed
     */
    public Changes apply(Decision.Accepted accepted, DecisionContext context) {
        EventApplier applier = new EventApplier(this, context.now());
        if (accepted.isHeartbeat()) {
            applier.recordHeartbeat(accepted.deployment());
        }
        return apply(applier, accepted.events(), context);
    }

    /** Carries out whatever is due by now (contract, section 3, timers). */
    public Changes applyDue(DecisionContext context) {
        EventApplier applier = new EventApplier(this, context.now());
        List<Event> archived = isKeepCheckDue(context.now()) ? archiveUnneeded(applier, context.now()) : List.of();
        environments.values().stream()
                .filter(Environment::hasUnfinishedDeployments)
                .forEach(environment -> applier.toReevaluate.put(environment.id(), Gate.Trigger.TIME));
        return apply(applier, archived, context);
    }

    /** Rule 29. */
    private List<Event> archiveUnneeded(EventApplier applier, Instant now) {
        long newest = keptFromRevision == null ? ArchiveRules.newestFrom(this) : keptFromRevision;
        List<Release> unneeded = newest == NOT_KNOWN_YET ? List.of() : ArchiveRules.archivable(this, newest, now);
        keptFromRevision = null;
        keepSchedule = keepSchedule.afterCheck(
                newest == NOT_KNOWN_YET || unneeded.size() > KeepPolicy.MAX_ARCHIVED_PER_CHECK, now);
        applier.changedWithoutEvent = true;
        return unneeded.stream()
                .limit(KeepPolicy.MAX_ARCHIVED_PER_CHECK)
                .<Event>map(release -> new Event.ReleaseArchived(release.asArchived()))
                .toList();
    }

    private Changes apply(EventApplier applier, List<Event> events, DecisionContext context) {
        Pipeline before = pipeline;
        List<Changes.NumberedEvent> numbered = new ArrayList<>(events.size());
        applyEvents(applier, events, numbered);
        applier.rebuildPipeline();
        reevaluate(applier, numbered, context);
        boolean everyRelease = applier.archivalChanged || !before.hasSameTopology(pipeline);
        if (everyRelease) {
            releases.values().stream()
                    .filter(release -> !release.archived())
                    .forEach(release -> applier.changedReleases.add(release.id()));
        }
        boolean ownFacts =
                !numbered.isEmpty() && (lastChange == null || applier.changedApplication || before != pipeline);
        LastChange latest = new LastChange(revision, context.now());
        changed(applier.changedReleases, applier.changedEnvironments, latest);
        if (ownFacts) {
            lastChange = latest;
        }
        if (!numbered.isEmpty() || applier.changedWithoutEvent) {
            decidedAt = context.now();
        }
        return new Changes(
                numbered,
                applier.changedReleases,
                applier.changedEnvironments,
                everyRelease,
                ownFacts,
                applier.ended,
                applier.changedWithoutEvent,
                latest);
    }

    private void applyEvents(EventApplier applier, List<Event> events, List<Changes.NumberedEvent> numbered) {
        for (Event event : events) {
            numbered.add(new Changes.NumberedEvent(++revision, event));
            event.accept(applier);
        }
    }

    /** Rule 28. */
    private void reevaluate(EventApplier applier, List<Changes.NumberedEvent> numbered, DecisionContext context) {
        if (applier.toReevaluate.isEmpty()) {
            return;
        }
        for (Stage stage : pipeline.stages()) {
            if (applier.toReevaluate.containsKey(stage.id())) {
                reevaluate(applier, environments.get(stage.id()), numbered, context);
            }
        }
    }

    private void reevaluate(
            EventApplier applier,
            Environment environment,
            List<Changes.NumberedEvent> numbered,
            DecisionContext context) {
        int stepsLeft = DeploymentProgress.maxSteps(environment);
        while (environment.hasUnfinishedDeployments()) {
            List<Event> next = DeploymentProgress.nextEvents(
                    this, environment, applier.toReevaluate.get(environment.id()), context);
            if (next.isEmpty()) {
                return;
            }
            if (stepsLeft-- == 0) {
                throw new IllegalStateException("the gates of an environment never come to rest");
            }
            applyEvents(applier, next, numbered);
        }
    }

    private void changed(Set<String> changedReleases, Set<String> changedEnvironments, LastChange lastChange) {
        changedReleases.forEach(release -> releases.computeIfPresent(release, (id, r) -> r.withLastChange(lastChange)));
        changedEnvironments.stream()
                .map(environments::get)
                .filter(Objects::nonNull)
                .forEach(environment -> environment.setLastChange(lastChange));
    }
}
