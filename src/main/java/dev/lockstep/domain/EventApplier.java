package dev.lockstep.domain;

import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Applies each event to an application, and records whose published state it changes. */
final class EventApplier implements Event.Visitor<Void> {

    private final Application application;

    private final Instant now;
    final Set<String> changedReleases = new LinkedHashSet<>();
    final Set<String> changedEnvironments = new LinkedHashSet<>();

    /** The environments in which the time is checked, too (rule 28). */
    final Set<String> timeCheckedEnvironments = new HashSet<>(1);

    final List<Deployment.Ended> ended = new ArrayList<>(0);
    boolean hasChangesWithoutEvent;
    boolean isApplicationChanged;
    boolean isArchivalChanged;

    /** By stage; stages that no event mentions stay where they are. Null until an event changes the pipeline. */
    private Map<Stage, Integer> stagePositions;

    EventApplier(Application application, Instant now) {
        this.application = application;
        this.now = now;
    }

    @Override
    public Void environmentCreated(Event.EnvironmentCreated event) {
        setStagePosition(event.stage(), event.position());
        application.environments.computeIfAbsent(event.stage().id(), Environment::new);
        return null;
    }

    @Override
    public Void environmentModified(Event.EnvironmentModified event) {
        setStagePosition(event.stage(), event.position());
        timeCheckedEnvironments.add(event.stage().id());
        return null;
    }

    @Override
    public Void environmentDeleted(Event.EnvironmentDeleted event) {
        removeStage(event.stage());
        application.environments.computeIfPresent(event.stage().id(), (id, e) -> e.hasHistory() ? e : null);
        return null;
    }

    @Override
    public Void applicationUpdated(Event.ApplicationUpdated event) {
        application.profile = event.profile();
        if (!Objects.equals(event.keep(), application.keepSchedule.policy())) {
            application.keepSchedule = application.keepSchedule.withPolicy(event.keep(), now);
        }
        isApplicationChanged = true;
        return null;
    }

    @Override
    public Void applicationArchived(Event.ApplicationArchived event) {
        return setApplicationArchived(true);
    }

    @Override
    public Void applicationUnarchived(Event.ApplicationUnarchived event) {
        return setApplicationArchived(false);
    }

    private Void setApplicationArchived(boolean archived) {
        application.archived = archived;
        isApplicationChanged = true;
        isArchivalChanged = true;
        application.pipeline.stages().forEach(stage -> changedEnvironments.add(stage.id()));
        return null;
    }

    @Override
    public Void releaseCreated(Event.ReleaseCreated event) {
        application.releaseCount++;
        return replaceRelease(event.release());
    }

    @Override
    public Void releaseUpdated(Event.ReleaseUpdated event) {
        return replaceRelease(event.release());
    }

    @Override
    public Void releaseAnnotated(Event.ReleaseAnnotated event) {
        return replaceRelease(event.release());
    }

    @Override
    public Void releaseArchived(Event.ReleaseArchived event) {
        return setReleaseArchived(event.release());
    }

    @Override
    public Void releaseUnarchived(Event.ReleaseUnarchived event) {
        return setReleaseArchived(event.release());
    }

    /** This may change which release an environment would be rolled back to. */
    private Void setReleaseArchived(Release release) {
        for (Environment environment : application.environments.values()) {
            String rollbackTo = environment.rollbackTarget();
            environment.line().setArchived(release.id(), release.isArchived());
            if (!Objects.equals(rollbackTo, environment.rollbackTarget())
                    && application.positionOf(environment.id()) >= 0) {
                changedEnvironments.add(environment.id());
            }
        }
        return replaceRelease(release);
    }

    @Override
    public Void releaseDeleted(Event.ReleaseDeleted event) {
        application.releaseCount--;
        application.releases.remove(event.release().id());
        changedReleases.add(event.release().id());
        return null;
    }

    /** Announces the first lock; the deployment's own event, next to this one, sets it. */
    @Override
    public Void releaseLocked(Event.ReleaseLocked event) {
        changedReleases.add(event.release().id());
        return null;
    }

    /** Announces that no lock is left; the end of the deployment has removed it. */
    @Override
    public Void releaseUnlocked(Event.ReleaseUnlocked event) {
        changedReleases.add(event.release().id());
        return null;
    }

    @Override
    public Void deploymentQueued(Event.DeploymentQueued event) {
        return putWaiting(event.deployment());
    }

    @Override
    public Void deploymentWaiting(Event.DeploymentWaiting event) {
        return putWaiting(event.deployment());
    }

    private Void putWaiting(Deployment.Waiting deployment) {
        Deployment.Request request = deployment.request();
        markEnvironmentChanged(deployment).putWaiting(deployment);
        return replaceRelease(
                release(deployment).withWaitingLock(request.environment(), request.id(), request.createdAt()));
    }

    @Override
    public Void deploymentStarted(Event.DeploymentStarted event) {
        Deployment.InProgress deployment = event.deployment();
        Environment environment = markEnvironmentChanged(deployment);
        environment.waiting().stream()
                .filter(waiting ->
                        waiting.request().id().equals(deployment.request().id()))
                .forEach(waiting -> changedReleases.add(waiting.request().release()));
        environment.putInProgress(deployment);
        return replaceRelease(lockedByStart(deployment));
    }

    @Override
    public Void deploymentUpdated(Event.DeploymentUpdated event) {
        markEnvironmentChanged(event.deployment()).putInProgress(event.deployment());
        return replaceRelease(release(event.deployment()));
    }

    @Override
    public Void deploymentCancelRequested(Event.DeploymentCancelRequested event) {
        markEnvironmentChanged(event.deployment()).putInProgress(event.deployment());
        return replaceRelease(release(event.deployment()));
    }

    /** If it succeeded, the service event before this one has already made the changes. */
    @Override
    public Void deploymentFinished(Event.DeploymentFinished event) {
        Deployment.Ended deployment = event.deployment();
        ended.add(deployment);
        application.rememberEnded(Deployment.EndedSummary.of(deployment));
        markEnvironmentChanged(deployment).recordEnd(deployment);
        return replaceRelease(release(deployment)
                .withoutWaitingLock(
                        deployment.request().environment(), deployment.request().id()));
    }

    /** The deployer is alive, which is not published anywhere. */
    void recordHeartbeat(String deployment) {
        Deployment.InProgress inProgress = (Deployment.InProgress) application.unfinishedDeployment(deployment);
        application
                .environment(inProgress.request().environment())
                .putInProgress(inProgress.withReport(inProgress.report(), now));
        hasChangesWithoutEvent = true;
    }

    @Override
    public Void serviceDeployed(Event.ServiceDeployed event) {
        Deployment.Ended deployment = event.deployment();
        Environment environment = markEnvironmentChanged(deployment);
        if (environment.current() != null) {
            endCurrent(environment, deployment.finishedAt());
        }
        Release release = lockedByStart(deployment);
        environment.recordSuccess(deployment);
        return replaceRelease(release.withPlacement(environment.id(), joinLine(environment, release, deployment)));
    }

    @Override
    public Void serviceRedeployed(Event.ServiceRedeployed event) {
        Deployment.Ended deployment = event.deployment();
        Environment environment = markEnvironmentChanged(deployment);
        environment.recordRedeploy(deployment);
        Release release = release(deployment);
        Placement placement = release.placements()
                .get(environment.id())
                .redeployed(deployment.request().id(), deployment.finishedAt());
        return replaceRelease(release.withPlacement(environment.id(), placement));
    }

    @Override
    public Void serviceRemoved(Event.ServiceRemoved event) {
        Environment environment = markEnvironmentChanged(event.environment());
        endCurrent(environment, now);
        environment.clearCurrent();
        if (event.deployment() != null) {
            environment.recordEnd(event.deployment());
        }
        return null;
    }

    /** The environment of a deployment; it counts as changed. */
    private Environment markEnvironmentChanged(Deployment deployment) {
        return markEnvironmentChanged(deployment.request().environment());
    }

    private Environment markEnvironmentChanged(String environment) {
        changedEnvironments.add(environment);
        return application.environment(environment);
    }

    private Release release(Deployment deployment) {
        return application.release(deployment.request().release());
    }

    /** The release once the deployment has started. */
    private Release lockedByStart(Deployment deployment) {
        Deployment.Request request = deployment.request();
        return release(deployment)
                .withDeployedLock(
                        request.environment(), request.id(), deployment.start().startedAt());
    }

    private Void replaceRelease(Release release) {
        application.releases.put(release.id(), release);
        changedReleases.add(release.id());
        return null;
    }

    private Placement joinLine(Environment environment, Release release, Deployment.Ended deployment) {
        Placement before = release.placements().get(environment.id());
        int position = PromotionRules.linePosition(environment, release);
        if (position > 0) {
            environment.line().truncateAfter(position);
        } else {
            position = environment.line().append(release.id());
        }
        return new Placement(
                true,
                deployment.finishedAt(),
                before == null ? deployment.finishedAt() : before.firstSucceededAt(),
                deployment.finishedAt(),
                deployment.request().id(),
                before == null ? deployment.start().linkedFrom() : before.linkedFrom(),
                before == null ? Duration.ZERO : before.longestStay(),
                position);
    }

    private void endCurrent(Environment environment, Instant at) {
        Release leaving = application.release(environment.current().release());
        Placement placement = leaving.placements().get(environment.id()).asNoLongerCurrent(at);
        replaceRelease(leaving.withPlacement(environment.id(), placement));
    }

    private void setStagePosition(Stage stage, int position) {
        removeStage(stage);
        stagePositions.put(stage, position);
    }

    private void removeStage(Stage stage) {
        changedEnvironments.add(stage.id());
        if (stagePositions == null) {
            stagePositions = new LinkedHashMap<>();
            for (int i = 0; i < application.pipeline.size(); i++) {
                stagePositions.put(application.pipeline.stageAt(i), i);
            }
        }
        stagePositions.keySet().removeIf(candidate -> candidate.id().equals(stage.id()));
    }

    /** Every stage that moved has an event that says where: sorting by position gives the new pipeline. */
    void rebuildPipeline() {
        if (stagePositions != null) {
            application.pipeline = Pipeline.of(stagePositions.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .toList());
        }
    }
}
