package dev.lockstep.domain;

import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What each event does to an application, and whose published state it changes. */
final class Applying implements Event.Visitor<Void> {

    private final Application application;

    private final Instant now;
    final Set<String> changedReleases = new LinkedHashSet<>();
    final Set<String> changedEnvironments = new LinkedHashSet<>();

    /** The environments in which something may now happen by itself, and whether time counts there, too (rule 28). */
    final Map<String, Gate.Occasion> toReview = new LinkedHashMap<>(1);

    final List<Deployment.Ended> ended = new ArrayList<>(0);
    boolean withoutEvent;
    boolean changedOwnFacts;
    boolean wentOrCameBack;

    /** By stage; stages that no event mentions stay where they are. Null until an event changes the pipeline. */
    private Map<Stage, Integer> places;

    Applying(Application application, Instant now) {
        this.application = application;
        this.now = now;
    }

    @Override
    public Void environmentCreated(Event.EnvironmentCreated event) {
        place(event.stage(), event.position());
        application.environments.computeIfAbsent(event.stage().id(), Environment::new);
        return null;
    }

    @Override
    public Void environmentModified(Event.EnvironmentModified event) {
        place(event.stage(), event.position());
        toReview.put(event.stage().id(), Gate.Occasion.TIME);
        return null;
    }

    @Override
    public Void environmentDeleted(Event.EnvironmentDeleted event) {
        displace(event.stage());
        application.environments.computeIfPresent(event.stage().id(), (id, e) -> e.hasHistory() ? e : null);
        return null;
    }

    @Override
    public Void applicationUpdated(Event.ApplicationUpdated event) {
        application.profile = event.profile();
        if (!Objects.equals(event.keep(), application.keeping.keep())) {
            application.keeping = application.keeping.changed(event.keep(), now);
        }
        changedOwnFacts = true;
        return null;
    }

    @Override
    public Void applicationArchived(Event.ApplicationArchived event) {
        return applicationArchived(true);
    }

    @Override
    public Void applicationUnarchived(Event.ApplicationUnarchived event) {
        return applicationArchived(false);
    }

    private Void applicationArchived(boolean archived) {
        application.archived = archived;
        changedOwnFacts = true;
        wentOrCameBack = true;
        application.pipeline.stages().forEach(stage -> changedEnvironments.add(stage.id()));
        return null;
    }

    @Override
    public Void releaseCreated(Event.ReleaseCreated event) {
        application.releaseCount++;
        return becomes(event.release());
    }

    @Override
    public Void releaseUpdated(Event.ReleaseUpdated event) {
        return becomes(event.release());
    }

    @Override
    public Void releaseAnnotated(Event.ReleaseAnnotated event) {
        return becomes(event.release());
    }

    @Override
    public Void releaseArchived(Event.ReleaseArchived event) {
        return wentOrCameBack(event.release());
    }

    @Override
    public Void releaseUnarchived(Event.ReleaseUnarchived event) {
        return wentOrCameBack(event.release());
    }

    /** This may change which release an environment would be rolled back to. */
    private Void wentOrCameBack(Release release) {
        for (Environment environment : application.environments.values()) {
            String rollbackTo = environment.rollbackTo();
            environment.line().archived(release.id(), release.archived());
            if (!Objects.equals(rollbackTo, environment.rollbackTo()) && application.position(environment.id()) >= 0) {
                changedEnvironments.add(environment.id());
            }
        }
        return becomes(release);
    }

    @Override
    public Void releaseDeleted(Event.ReleaseDeleted event) {
        application.releaseCount--;
        application.releases.remove(event.release().id());
        changedReleases.add(event.release().id());
        return null;
    }

    /** Announces the first lock; the event of the deployment beside it sets it. */
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
        return waits(event.deployment());
    }

    @Override
    public Void deploymentWaiting(Event.DeploymentWaiting event) {
        return waits(event.deployment());
    }

    private Void waits(Deployment.Waiting deployment) {
        Deployment.Request request = deployment.request();
        of(deployment).waits(deployment);
        return becomes(release(deployment).lockedByWaiting(request.environment(), request.id(), request.createdAt()));
    }

    @Override
    public Void deploymentStarted(Event.DeploymentStarted event) {
        Deployment.InProgress deployment = event.deployment();
        Environment environment = of(deployment);
        environment.waiting().stream()
                .filter(one -> one.request().id().equals(deployment.request().id()))
                .forEach(one -> changedReleases.add(one.request().release()));
        environment.becomesActive(deployment);
        return becomes(locked(deployment));
    }

    @Override
    public Void deploymentUpdated(Event.DeploymentUpdated event) {
        of(event.deployment()).becomesActive(event.deployment());
        return becomes(release(event.deployment()));
    }

    @Override
    public Void deploymentCancelRequested(Event.DeploymentCancelRequested event) {
        of(event.deployment()).becomesActive(event.deployment());
        return becomes(release(event.deployment()));
    }

    /** If it succeeded, the service event before this one has already made its changes. */
    @Override
    public Void deploymentFinished(Event.DeploymentFinished event) {
        Deployment.Ended deployment = event.deployment();
        ended.add(deployment);
        application.load(Deployment.Past.of(deployment));
        of(deployment).ended(deployment);
        return becomes(release(deployment)
                .unlockedBy(
                        deployment.request().environment(), deployment.request().id()));
    }

    /** The deployer is alive, which is not published anywhere. */
    void heard(String deployment) {
        Deployment.InProgress active = (Deployment.InProgress) application.onItsWay(deployment);
        application.environments.get(active.request().environment()).becomesActive(active.heard(active.report(), now));
        withoutEvent = true;
    }

    @Override
    public Void serviceDeployed(Event.ServiceDeployed event) {
        Deployment.Ended deployment = event.deployment();
        Environment environment = of(deployment);
        if (environment.current() != null) {
            leave(environment, deployment.finishedAt());
        }
        Release release = locked(deployment);
        environment.occupy(deployment);
        return becomes(release.with(environment.id(), placement(environment, release, deployment)));
    }

    @Override
    public Void serviceRedeployed(Event.ServiceRedeployed event) {
        Deployment.Ended deployment = event.deployment();
        Environment environment = of(deployment);
        environment.reoccupy(deployment);
        Release release = release(deployment);
        Placement placement = release.placements()
                .get(environment.id())
                .redeployed(deployment.request().id(), deployment.finishedAt());
        return becomes(release.with(environment.id(), placement));
    }

    @Override
    public Void serviceRemoved(Event.ServiceRemoved event) {
        Environment environment = of(event.environment());
        leave(environment, now);
        environment.becomesEmpty();
        if (event.deployment() != null) {
            environment.ended(event.deployment());
        }
        return null;
    }

    /** The environment of a deployment; it counts as changed. */
    private Environment of(Deployment deployment) {
        return of(deployment.request().environment());
    }

    private Environment of(String environment) {
        changedEnvironments.add(environment);
        toReview.putIfAbsent(environment, Gate.Occasion.EVENT);
        return application.environments.get(environment);
    }

    private Release release(Deployment deployment) {
        return application.releases.get(deployment.request().release());
    }

    /** The release once the deployment has started. */
    private Release locked(Deployment deployment) {
        Deployment.Request request = deployment.request();
        return release(deployment)
                .lockedByStart(
                        request.environment(), request.id(), deployment.start().at());
    }

    private Void becomes(Release release) {
        application.releases.put(release.id(), release);
        changedReleases.add(release.id());
        return null;
    }

    private Placement placement(Environment environment, Release release, Deployment.Ended deployment) {
        Placement before = release.placements().get(environment.id());
        int place = PromotionRules.placeOnLine(environment, release);
        if (place > 0) {
            environment.line().cutBehind(place);
        } else {
            place = environment.line().join(release.id());
        }
        return new Placement(
                true,
                deployment.finishedAt(),
                before == null ? deployment.finishedAt() : before.firstSucceededAt(),
                deployment.finishedAt(),
                deployment.request().id(),
                before == null ? deployment.start().linkedFrom() : before.linkedFrom(),
                place);
    }

    private void leave(Environment environment, Instant at) {
        Release leaving = application.releases.get(environment.current().release());
        Placement placement = leaving.placements().get(environment.id()).left(at);
        becomes(leaving.with(environment.id(), placement));
    }

    private void place(Stage stage, int position) {
        displace(stage);
        places.put(stage, position);
    }

    private void displace(Stage stage) {
        changedEnvironments.add(stage.id());
        if (places == null) {
            places = new LinkedHashMap<>();
            for (int i = 0; i < application.pipeline.size(); i++) {
                places.put(application.pipeline.stage(i), i);
            }
        }
        places.keySet().removeIf(one -> one.id().equals(stage.id()));
    }

    /** Every stage that moved has an event that says where to: sorting by place gives the new pipeline. */
    void replan() {
        if (places != null) {
            application.pipeline = Pipeline.of(places.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .toList());
        }
    }
}
