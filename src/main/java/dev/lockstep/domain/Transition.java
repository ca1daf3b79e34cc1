package dev.lockstep.domain;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * What one decision, or the passage of time, does to an application: its events take the next revisions and are applied, and so
 * is whatever follows from them in its environments (rule 28).
 */
final class Transition {

    private final Application application;
    private final DecisionContext context;
    private final Instant now;
    private final EventApplier applier;
    private final List<Changes.NumberedEvent> numberedEvents = new ArrayList<>();

    Transition(Application application, DecisionContext context) {
        this.application = application;
        this.context = context;
        this.now = context.now();
        this.applier = new EventApplier(application, now);
    }

    Changes apply(Decision.Accepted accepted) {
        if (accepted.isHeartbeat()) {
            applier.recordHeartbeat(accepted.deployment());
        }
        return apply(accepted.events());
    }

    Changes applyDue(Supplier<NewestReleases> newest) {
        List<Event> archived = application.isKeepCheckDue(now) ? archiveDue(newest.get()) : List.of();
        application.environments.values().stream()
                .filter(Environment::hasUnfinishedDeployments)
                .forEach(environment -> applier.timeCheckedEnvironments.add(environment.id()));
        return apply(archived);
    }

    /** Rule 29. */
    private List<Event> archiveDue(NewestReleases newest) {
        List<Release> archivable = newest.isKnown()
                ? ArchiveRules.findArchivable(application, newest.lowestCreatedRevision(), now)
                : List.of();
        boolean isMoreLeft = !newest.isKnown() || archivable.size() > KeepPolicy.MAX_ARCHIVED_PER_CHECK;
        application.keepSchedule = application.keepSchedule.afterCheck(isMoreLeft, now);
        applier.hasChangesWithoutEvent = true;
        return archivable.stream()
                .limit(KeepPolicy.MAX_ARCHIVED_PER_CHECK)
                .<Event>map(release -> new Event.ReleaseArchived(release.asArchived()))
                .toList();
    }

    private Changes apply(List<Event> events) {
        Pipeline before = application.pipeline;
        applyEvents(events);
        applier.rebuildPipeline();
        reevaluate();
        application.environments.values().forEach(this::recordBlockers);
        boolean affectsEveryRelease = applier.isArchivalChanged || !before.hasSameTopology(application.pipeline);
        if (affectsEveryRelease) {
            application.releases.values().stream()
                    .filter(release -> !release.isArchived())
                    .forEach(release -> applier.changedReleases.add(release.id()));
        }
        boolean isApplicationChanged = !numberedEvents.isEmpty()
                && (application.lastChange == null || applier.isApplicationChanged || before != application.pipeline);
        LastChange latest = new LastChange(application.revision, now);
        recordLastChange(latest, isApplicationChanged);
        if (!numberedEvents.isEmpty() || applier.hasChangesWithoutEvent) {
            application.decidedAt = now;
        }
        return new Changes(
                numberedEvents,
                applier.changedReleases,
                applier.changedEnvironments,
                affectsEveryRelease,
                isApplicationChanged,
                applier.ended,
                applier.hasChangesWithoutEvent,
                latest);
    }

    private void applyEvents(List<Event> events) {
        for (Event event : events) {
            numberedEvents.add(new Changes.NumberedEvent(++application.revision, event));
            event.accept(applier);
        }
    }

    /**
     * What gates say may change without an event of that environment, or without any: the environment is published again if it
     * differs from what was last published, which may have been decided in another context, or by another version.
     */
    private void recordBlockers(Environment environment) {
        List<List<Blocker>> blockers = environment.waiting().stream()
                .map(waiting -> application.blockedBy(environment, waiting, context))
                .toList();
        String digest = blockers.isEmpty() ? null : digest(blockers);
        if (digest != null && !digest.equals(environment.blockersDigest())) {
            applier.changedEnvironments.add(environment.id());
            applier.hasChangesWithoutEvent = true;
        }
        environment.setBlockersDigest(digest);
    }

    /** Built from each member, not from {@code toString}, whose text may change between versions. */
    private static String digest(List<List<Blocker>> blockers) {
        StringBuilder text = new StringBuilder();
        for (List<Blocker> ofOne : blockers) {
            text.append('[');
            for (Blocker blocker : ofOne) {
                text.append(blocker.code().name())
                        .append('|')
                        .append(blocker.opensBy().name())
                        .append('|')
                        .append(blocker.until())
                        .append('|')
                        .append(blocker.blockingDeployment())
                        .append('|')
                        .append(blocker.detail())
                        .append('|')
                        .append(blocker.judgedAt())
                        .append(';');
            }
            text.append(']');
        }
        return Ids.nameBasedUuid(text.toString());
    }

    /** Environment by environment, and all of them again as long as anything happens: a gate may look at any of them. */
    private void reevaluate() {
        List<Environment> environments = new ArrayList<>(0);
        for (Environment environment : application.environments.values()) {
            if (environment.hasUnfinishedDeployments()) {
                environments.add(environment);
            }
        }
        if (environments.isEmpty()) {
            return;
        }
        environments.sort(Comparator.comparing(environment -> application.positionOf(environment.id())));
        int maxEvents = numberedEvents.size()
                + environments.stream().mapToInt(DeploymentProgress::maxEvents).sum();
        int before;
        do {
            before = numberedEvents.size();
            for (Environment environment : environments) {
                reevaluate(environment, maxEvents);
            }
        } while (numberedEvents.size() > before);
    }

    private void reevaluate(Environment environment, int maxEvents) {
        boolean isTimeChecked = applier.timeCheckedEnvironments.contains(environment.id());
        if (numberedEvents.isEmpty() && !isTimeChecked) {
            return;
        }
        Gate.Trigger trigger = isTimeChecked ? Gate.Trigger.TIME : Gate.Trigger.EVENT;
        while (environment.hasUnfinishedDeployments()) {
            List<Event> next = DeploymentProgress.nextEvents(application, environment, trigger, context);
            if (next.isEmpty()) {
                return;
            }
            applyEvents(next);
            if (numberedEvents.size() > maxEvents) {
                throw new IllegalStateException("the gates of an application do not settle");
            }
        }
    }

    private void recordLastChange(LastChange latest, boolean isApplicationChanged) {
        for (String id : applier.changedReleases) {
            application.releases.computeIfPresent(id, (same, release) -> release.withLastChange(latest));
        }
        for (String id : applier.changedEnvironments) {
            Environment environment = application.environments.get(id);
            if (environment != null) {
                environment.setLastChange(latest);
            }
        }
        if (isApplicationChanged) {
            application.lastChange = latest;
        }
    }
}
