package dev.lockstep.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An application as far as the commands at hand need it: its pipeline and environments, and of its releases those that
 * were loaded. Changes by events alone.
 */
public final class Application {

    private final String id;
    private long revision;
    private long releaseCount;
    private List<Stage> pipeline;
    private final Map<String, Environment> environments = new LinkedHashMap<>();
    private int droppedElsewhere;
    private final Map<String, Release> releases = new LinkedHashMap<>();

    /** An application that is not known yet: revision 0, no pipeline. */
    public Application(String id) {
        this(id, 0, 0, List.of(), List.of(), 0);
    }

    /**
     * As it was stored.
     *
     * @param releaseCount how many releases it has, loaded or not
     * @param environments those of the pipeline, and dropped ones as far as they are at hand
     * @param droppedElsewhere how many more dropped ones with a history there are
     */
    public Application(
            String id,
            long revision,
            long releaseCount,
            List<Stage> pipeline,
            Collection<Environment> environments,
            int droppedElsewhere) {
        this.id = id;
        this.revision = revision;
        this.releaseCount = releaseCount;
        this.pipeline = List.copyOf(pipeline);
        environments.stream()
                .filter(environment -> environment.hasHistory() || position(environment.id()) >= 0)
                .forEach(environment -> this.environments.put(environment.id(), environment));
        this.droppedElsewhere = droppedElsewhere;
    }

    /** Makes a stored release known. */
    public void load(Release release) {
        releases.putIfAbsent(release.id(), release);
    }

    /** Makes a dropped environment known that was stored elsewhere. */
    public void load(Environment dropped) {
        environments.put(dropped.id(), dropped);
        droppedElsewhere--;
    }

    public String id() {
        return id;
    }

    public long revision() {
        return revision;
    }

    public long releaseCount() {
        return releaseCount;
    }

    public List<Stage> pipeline() {
        return pipeline;
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

    /** Those of the pipeline, and dropped ones with a history as far as they are at hand. */
    public Collection<Environment> environments() {
        return environments.values();
    }

    /** How many environments were dropped that have a history, at hand or not: they come back with it (rule 8). */
    public int droppedCount() {
        int atHand = (int) environments.keySet().stream()
                .filter(environment -> position(environment) < 0)
                .count();
        return atHand + droppedElsewhere;
    }

    public boolean exists() {
        return !pipeline.isEmpty();
    }

    /** @return the environment's place in the pipeline from 0, or -1 */
    public int position(String environment) {
        for (int i = 0; i < pipeline.size(); i++) {
            if (pipeline.get(i).id().equals(environment)) {
                return i;
            }
        }
        return -1;
    }

    /** Decides on a command, first by what it names (contract, section 4), then by its own rule. Changes nothing. */
    public Decision decide(Command command, Surroundings surroundings) {
        Decision missing = Preconditions.check(this, command);
        return missing != null ? missing : command.decide(this, surroundings);
    }

    /**
     * Applies the events of one accepted command, each taking the next revision.
     *
     * @return what changed of what is published
     */
    public Changes apply(List<Event> events, Instant now) {
        List<Changes.Numbered> numbered = new ArrayList<>(events.size());
        List<String> orderBefore = order();
        Applying applying = new Applying(now);
        for (Event event : events) {
            numbered.add(new Changes.Numbered(++revision, event));
            event.accept(applying);
        }
        applying.replan();
        boolean everyRelease = !orderBefore.equals(order());
        if (everyRelease) {
            applying.changedReleases.addAll(releases.keySet());
        }
        LastChange mark = new LastChange(revision, now);
        mark(applying.changedReleases, applying.changedEnvironments, mark);
        return new Changes(numbered, applying.changedReleases, applying.changedEnvironments, everyRelease, mark);
    }

    private List<String> order() {
        return pipeline.stream().map(Stage::id).toList();
    }

    /** What each event does, and whose published state changes by it. */
    private final class Applying implements Event.Visitor<Void> {

        private final Instant now;
        private final Set<String> changedReleases = new LinkedHashSet<>();
        private final Set<String> changedEnvironments = new LinkedHashSet<>();

        /** By stage; those that no event speaks of stay where they are. Null while no event changes the pipeline. */
        private Map<Stage, Integer> places;

        Applying(Instant now) {
            this.now = now;
        }

        @Override
        public Void environmentCreated(Event.EnvironmentCreated event) {
            place(event.stage(), event.position());
            environments.computeIfAbsent(event.stage().id(), Environment::new);
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
            environments.computeIfPresent(event.stage().id(), (id, e) -> e.hasHistory() ? e : null);
            return null;
        }

        @Override
        public Void releaseCreated(Event.ReleaseCreated event) {
            releaseCount++;
            return becomes(event.release());
        }

        @Override
        public Void releaseUpdated(Event.ReleaseUpdated event) {
            return becomes(event.release());
        }

        @Override
        public Void releaseDeleted(Event.ReleaseDeleted event) {
            releaseCount--;
            releases.remove(event.release().id());
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
            Environment environment = environments.get(deployment.request().environment());
            if (environment.current() != null) {
                leave(environment, deployment.finishedAt());
            }
            Release release =
                    releases.get(deployment.request().release()).started(deployment.request(), deployment.startedAt());
            environment.occupy(deployment);
            becomes(release.with(environment.id(), placement(environment, release, deployment)));
            changedEnvironments.add(environment.id());
            return null;
        }

        @Override
        public Void serviceRemoved(Event.ServiceRemoved event) {
            Environment environment = environments.get(event.environment());
            leave(environment, now);
            environment.vacate();
            changedEnvironments.add(environment.id());
            return null;
        }

        private Void becomes(Release release) {
            releases.put(release.id(), release);
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
                    deployment.request().id(),
                    before == null ? deployment.request().linkedFrom() : before.linkedFrom(),
                    place);
        }

        private void leave(Environment environment, Instant at) {
            Release leaving = releases.get(environment.current().release());
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
                for (int i = 0; i < pipeline.size(); i++) {
                    places.put(pipeline.get(i), i);
                }
            }
            places.keySet().removeIf(one -> one.id().equals(stage.id()));
        }

        /** Each stage whose place differs has an event that says so: sorting by the places gives the new pipeline. */
        void replan() {
            if (places != null) {
                pipeline = places.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue())
                        .map(Map.Entry::getKey)
                        .toList();
            }
        }
    }

    private void mark(Set<String> changedReleases, Set<String> changedEnvironments, LastChange mark) {
        changedReleases.forEach(release -> releases.computeIfPresent(release, (id, r) -> r.marked(mark)));
        changedEnvironments.stream()
                .map(environments::get)
                .filter(Objects::nonNull)
                .forEach(environment -> environment.mark(mark));
    }
}
