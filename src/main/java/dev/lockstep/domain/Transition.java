package dev.lockstep.domain;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
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
    private final List<Changes.NumberedEvent> numbered = new ArrayList<>();

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
        List<Event> archived = application.isKeepCheckDue(now) ? archiveUnneeded(newest.get()) : List.of();
        application.environments.values().stream()
                .filter(Environment::hasUnfinishedDeployments)
                .forEach(environment -> applier.toReevaluate.put(environment.id(), Gate.Trigger.TIME));
        return apply(archived);
    }

    /** Rule 29. */
    private List<Event> archiveUnneeded(NewestReleases newest) {
        List<Release> unneeded =
                newest.isKnown() ? ArchiveRules.archivable(application, newest.firstRevision(), now) : List.of();
        boolean isMoreLeft = !newest.isKnown() || unneeded.size() > KeepPolicy.MAX_ARCHIVED_PER_CHECK;
        application.keepSchedule = application.keepSchedule.afterCheck(isMoreLeft, now);
        applier.changedWithoutEvent = true;
        return unneeded.stream()
                .limit(KeepPolicy.MAX_ARCHIVED_PER_CHECK)
                .<Event>map(release -> new Event.ReleaseArchived(release.asArchived()))
                .toList();
    }

    private Changes apply(List<Event> events) {
        Pipeline before = application.pipeline;
        applyEvents(events);
        applier.rebuildPipeline();
        reevaluate();
        boolean everyRelease = applier.archivalChanged || !before.hasSameTopology(application.pipeline);
        if (everyRelease) {
            application.releases.values().stream()
                    .filter(release -> !release.archived())
                    .forEach(release -> applier.changedReleases.add(release.id()));
        }
        boolean isApplicationChanged = !numbered.isEmpty()
                && (application.lastChange == null || applier.changedApplication || before != application.pipeline);
        LastChange latest = new LastChange(application.revision, now);
        recordLastChange(latest, isApplicationChanged);
        if (!numbered.isEmpty() || applier.changedWithoutEvent) {
            application.decidedAt = now;
        }
        return new Changes(
                numbered,
                applier.changedReleases,
                applier.changedEnvironments,
                everyRelease,
                isApplicationChanged,
                applier.ended,
                applier.changedWithoutEvent,
                latest);
    }

    private void applyEvents(List<Event> events) {
        for (Event event : events) {
            numbered.add(new Changes.NumberedEvent(++application.revision, event));
            event.accept(applier);
        }
    }

    private void reevaluate() {
        if (applier.toReevaluate.isEmpty()) {
            return;
        }
        for (Stage stage : application.pipeline.stages()) {
            Gate.Trigger trigger = applier.toReevaluate.get(stage.id());
            if (trigger != null) {
                reevaluate(application.environments.get(stage.id()), trigger);
            }
        }
    }

    private void reevaluate(Environment environment, Gate.Trigger trigger) {
        int stepsLeft = DeploymentProgress.maxSteps(environment);
        while (environment.hasUnfinishedDeployments()) {
            List<Event> next = DeploymentProgress.nextEvents(application, environment, trigger, context);
            if (next.isEmpty()) {
                return;
            }
            if (stepsLeft-- == 0) {
                throw new IllegalStateException("the gates of an environment never come to rest");
            }
            applyEvents(next);
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
