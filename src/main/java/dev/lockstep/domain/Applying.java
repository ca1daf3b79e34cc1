package dev.lockstep.domain;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What each event does to an application, and whose published state changes by it. */
final class Applying implements Event.Visitor<Void> {

    private final Application application;

    private final Instant now;
    final Set<String> changedReleases = new LinkedHashSet<>();
    final Set<String> changedEnvironments = new LinkedHashSet<>();

    boolean changedOwnFacts;
    boolean wentOrCameBack;

    /** By stage; those that no event speaks of stay where they are. Null while no event changes the pipeline. */
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
        changedOwnFacts = true;
        return null;
    }

    @Override
    public Void applicationArchived(Event.ApplicationArchived event) {
        return archived(true);
    }

    @Override
    public Void applicationUnarchived(Event.ApplicationUnarchived event) {
        return archived(false);
    }

    private Void archived(boolean now) {
        application.archived = now;
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
        return archived(event.release());
    }

    @Override
    public Void releaseUnarchived(Event.ReleaseUnarchived event) {
        return archived(event.release());
    }

    /** It changes to what an environment would be rolled back. */
    private Void archived(Release release) {
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

    /** Announces the first lock; the deployment event after it sets it. */
    @Override
    public Void releaseLocked(Event.ReleaseLocked event) {
        changedReleases.add(event.release().id());
        return null;
    }

    @Override
    public Void serviceDeployed(Event.ServiceDeployed event) {
        Deployment.Ended deployment = event.deployment();
        Environment environment =
                application.environments.get(deployment.request().environment());
        if (environment.current() != null) {
            leave(environment, deployment.finishedAt());
        }
        Release release = application
                .releases
                .get(deployment.request().release())
                .started(deployment.request(), deployment.startedAt());
        environment.occupy(deployment);
        becomes(release.with(environment.id(), placement(environment, release, deployment)));
        changedEnvironments.add(environment.id());
        return null;
    }

    @Override
    public Void serviceRedeployed(Event.ServiceRedeployed event) {
        Deployment.Ended deployment = event.deployment();
        Environment environment =
                application.environments.get(deployment.request().environment());
        environment.reoccupy(deployment);
        Release release = application.releases.get(deployment.request().release());
        Placement placement = release.placements().get(environment.id()).redeployed(deployment);
        changedEnvironments.add(environment.id());
        return becomes(release.with(environment.id(), placement));
    }

    @Override
    public Void serviceRemoved(Event.ServiceRemoved event) {
        Environment environment = application.environments.get(event.environment());
        leave(environment, now);
        environment.vacate();
        changedEnvironments.add(environment.id());
        return null;
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
                before == null ? deployment.request().linkedFrom() : before.linkedFrom(),
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

    /** Each stage whose place differs has an event that says so: sorting by the places gives the new pipeline. */
    void replan() {
        if (places != null) {
            application.pipeline = new Pipeline(places.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .toList());
        }
    }
}
