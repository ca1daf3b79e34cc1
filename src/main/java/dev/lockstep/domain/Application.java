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
 * As much of an application as the commands at hand need: its pipeline, its environments, and whichever of its releases
 * were loaded. Only events change it.
 */
public final class Application {

    private static final long NOT_KNOWN_YET = -1;

    private final String id;
    private final Gates gates;
    private long revision;
    private int droppedElsewhere;
    private LastChange lastChange;
    private Instant decidedAt;
    private final Map<String, Deployment.Past> past = new HashMap<>();
    private Long newestFrom;

    /* Changed by Applying. */
    long releaseCount;
    Pipeline pipeline;
    Profile profile;
    boolean archived;
    Keeping keeping;
    final Map<String, Environment> environments = new LinkedHashMap<>();
    final Map<String, Release> releases = new LinkedHashMap<>();

    /** An application that is not known yet: revision 0, no pipeline. */
    public Application(String id) {
        this(id, Gates.ALL);
    }

    /** The same with other gates than those of every application. */
    Application(String id, Gates gates) {
        this(id, gates, 0, 0, Pipeline.NONE, List.of(), 0, Profile.EMPTY, false, Keeping.NONE, null, Instant.MIN);
    }

    /**
     * As it was stored.
     *
     * @param releaseCount how many releases it has, loaded or not
     * @param environments those of the pipeline, and any dropped ones that are at hand
     * @param droppedElsewhere how many other dropped environments have a history
     * @param archived whether it is out of sight (rule 16)
     * @param keeping what it keeps in sight (rule 29)
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
            Keeping keeping,
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
                keeping,
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
            Keeping keeping,
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
        this.keeping = keeping;
        this.lastChange = lastChange;
        environments.stream()
                .filter(environment -> environment.hasHistory() || position(environment.id()) >= 0)
                .forEach(environment -> this.environments.put(environment.id(), environment));
        this.droppedElsewhere = droppedElsewhere;
    }

    /** Adds a stored release. */
    public void load(Release release) {
        releases.putIfAbsent(release.id(), release);
    }

    /** Adds a dropped environment, which was stored elsewhere. */
    public void load(Environment dropped) {
        environments.put(dropped.id(), dropped);
        droppedElsewhere--;
    }

    /** Adds how a deployment ended. */
    public void load(Deployment.Past deployment) {
        past.put(deployment.id(), deployment);
    }

    /**
     * Says, for one look (rule 29) at an application whose releases are not all at hand, which releases are the newest. The
     * candidates for archiving are at hand then: those with the lowest created revisions, one more than are archived at once.
     *
     * @param newestFrom the lowest created revision among the newest; 0 when there are no others; null when not known yet
     */
    public void loadNewest(Long newestFrom) {
        this.newestFrom = newestFrom == null ? NOT_KNOWN_YET : newestFrom;
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
    public Deployment.Past past(String deployment) {
        return past.get(deployment);
    }

    /** @return the deployment of that id that waits or is in progress, or null */
    public Deployment onItsWay(String deployment) {
        return environments.values().stream()
                .flatMap(Environment::onItsWay)
                .filter(one -> one.request().id().equals(deployment))
                .findFirst()
                .orElse(null);
    }

    /** Every reason why a deployment waits in that environment, as it was last judged (rule 27). */
    public List<Blocker> blockedBy(Environment environment, Deployment.Waiting waiting, DecisionContext context) {
        return gates.ask(Gate.Question.telling(pipeline.stageOf(environment.id()), environment, waiting, context))
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
        Instant next = archived ? null : keeping.due();
        for (Environment environment : environments.values()) {
            if (environment.isBusy()) {
                next = Stream.concat(Stream.ofNullable(next), Course.dues(this, environment, context))
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

    public Keeping keeping() {
        return keeping;
    }

    /** Whether a timer that comes now looks for releases that nobody needs to see (rule 29). */
    public boolean isKeepDue(Instant now) {
        return !archived && keeping.isDue(now);
    }

    /** Whether nobody needs to see a release any longer, unless it is one of the newest (rule 29). */
    public boolean isUnneeded(Release release, Instant now) {
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

    /** How many dropped environments have a history, at hand or not: they come back with it (rule 8). */
    public int droppedCount() {
        int atHand = (int) environments.keySet().stream()
                .filter(environment -> position(environment) < 0)
                .count();
        return atHand + droppedElsewhere;
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
        return droppedCount() > 0 || environments.values().stream().anyMatch(one -> one.hasHistory() || one.isBusy());
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
                droppedElsewhere,
                profile,
                archived,
                keeping,
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
        Applying applying = new Applying(this, context.now());
        if (accepted.isHeartbeat()) {
            applying.heard(accepted.deployment());
        }
        return apply(applying, accepted.events(), context);
    }

    /** Carries out whatever is due by now (contract, section 3, timers). */
    public Changes timePassed(DecisionContext context) {
        Applying applying = new Applying(this, context.now());
        List<Event> archived = isKeepDue(context.now()) ? look(applying, context.now()) : List.of();
        environments.values().stream()
                .filter(Environment::isBusy)
                .forEach(environment -> applying.toReview.put(environment.id(), Gate.Occasion.TIME));
        return apply(applying, archived, context);
    }

    /** Rule 29. */
    private List<Event> look(Applying applying, Instant now) {
        long newest = newestFrom == null ? ArchiveRules.newestFrom(this) : newestFrom;
        List<Release> unneeded = newest == NOT_KNOWN_YET ? List.of() : ArchiveRules.unneeded(this, newest, now);
        newestFrom = null;
        keeping = keeping.looked(newest == NOT_KNOWN_YET || unneeded.size() > Keep.MOST, now);
        applying.withoutEvent = true;
        return unneeded.stream()
                .limit(Keep.MOST)
                .<Event>map(release -> new Event.ReleaseArchived(release.archivedNow()))
                .toList();
    }

    private Changes apply(Applying applying, List<Event> events, DecisionContext context) {
        Pipeline before = pipeline;
        List<Changes.Numbered> numbered = new ArrayList<>(events.size());
        happen(applying, events, numbered);
        applying.replan();
        review(applying, numbered, context);
        boolean everyRelease = applying.wentOrCameBack || !before.leadsLike(pipeline);
        if (everyRelease) {
            releases.values().stream()
                    .filter(release -> !release.archived())
                    .forEach(release -> applying.changedReleases.add(release.id()));
        }
        boolean ownFacts =
                !numbered.isEmpty() && (lastChange == null || applying.changedOwnFacts || before != pipeline);
        LastChange latest = new LastChange(revision, context.now());
        changed(applying.changedReleases, applying.changedEnvironments, latest);
        if (ownFacts) {
            lastChange = latest;
        }
        if (!numbered.isEmpty() || applying.withoutEvent) {
            decidedAt = context.now();
        }
        return new Changes(
                numbered,
                applying.changedReleases,
                applying.changedEnvironments,
                everyRelease,
                ownFacts,
                applying.ended,
                applying.withoutEvent,
                latest);
    }

    private void happen(Applying applying, List<Event> events, List<Changes.Numbered> numbered) {
        for (Event event : events) {
            numbered.add(new Changes.Numbered(++revision, event));
            event.accept(applying);
        }
    }

    /** Rule 28. */
    private void review(Applying applying, List<Changes.Numbered> numbered, DecisionContext context) {
        if (applying.toReview.isEmpty()) {
            return;
        }
        for (Stage stage : pipeline.stages()) {
            if (applying.toReview.containsKey(stage.id())) {
                review(applying, environments.get(stage.id()), numbered, context);
            }
        }
    }

    private void review(
            Applying applying, Environment environment, List<Changes.Numbered> numbered, DecisionContext context) {
        int stepsLeft = Course.mostSteps(environment);
        while (environment.isBusy()) {
            List<Event> next = Course.next(this, environment, applying.toReview.get(environment.id()), context);
            if (next.isEmpty()) {
                return;
            }
            if (stepsLeft-- == 0) {
                throw new IllegalStateException("the gates of an environment never come to rest");
            }
            happen(applying, next, numbered);
        }
    }

    private void changed(Set<String> changedReleases, Set<String> changedEnvironments, LastChange lastChange) {
        changedReleases.forEach(release -> releases.computeIfPresent(release, (id, r) -> r.changedLast(lastChange)));
        changedEnvironments.stream()
                .map(environments::get)
                .filter(Objects::nonNull)
                .forEach(environment -> environment.changed(lastChange));
    }
}
