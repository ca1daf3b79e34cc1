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

    /** Judges a command, first by what it names (contract, section 4), then by its own rule. Changes nothing. */
    public Decision judge(Command command, Instant now) {
        Decision missing = Existence.check(this, command);
        return missing != null ? missing : command.decide(this, now);
    }

    /**
     * Applies the events of one accepted command, each taking the next revision.
     *
     * @return what changed of what is published
     */
    public Changes apply(List<Event> events, Instant now) {
        Set<String> changedReleases = new LinkedHashSet<>();
        Set<String> changedEnvironments = new LinkedHashSet<>();
        List<Changes.Numbered> numbered = new ArrayList<>(events.size());
        boolean pipelineChanges = events.stream().anyMatch(Event.OfEnvironment.class::isInstance);
        List<String> orderBefore = order();
        if (pipelineChanges) {
            replan(events);
        }
        for (Event event : events) {
            numbered.add(new Changes.Numbered(++revision, event));
            if (event instanceof Event.OfEnvironment change) {
                changedEnvironments.add(change.stage().id());
            } else if (event instanceof Event.OfRelease change) {
                place(change);
                changedReleases.add(change.release().id());
            } else if (event instanceof Event.ServiceDeployed deployed) {
                place(deployed, changedReleases);
                changedEnvironments.add(deployed.deployment().environment());
            } else if (event instanceof Event.ServiceRemoved removed) {
                changedReleases.add(leave(removed.environment(), now));
                environments.get(removed.environment()).empty();
                changedEnvironments.add(removed.environment());
            }
        }
        boolean everyRelease = pipelineChanges && !orderBefore.equals(order());
        if (everyRelease) {
            changedReleases.addAll(releases.keySet());
        }
        Mark mark = new Mark(revision, now);
        mark(changedReleases, changedEnvironments, mark);
        return new Changes(numbered, changedReleases, changedEnvironments, everyRelease, mark);
    }

    private List<String> order() {
        return pipeline.stream().map(Stage::id).toList();
    }

    /** Each stage whose place differs has an event that says so: sorting by the places gives the new pipeline. */
    private void replan(List<Event> events) {
        Map<Stage, Integer> places = new LinkedHashMap<>();
        for (int i = 0; i < pipeline.size(); i++) {
            places.put(pipeline.get(i), i);
        }
        for (Event event : events) {
            if (event instanceof Event.OfEnvironment change) {
                places.keySet()
                        .removeIf(stage -> stage.id().equals(change.stage().id()));
            }
            if (event instanceof Event.EnvironmentCreated created) {
                places.put(created.stage(), created.position());
                environments.computeIfAbsent(created.stage().id(), Environment::new);
            } else if (event instanceof Event.EnvironmentModified modified) {
                places.put(modified.stage(), modified.position());
            } else if (event instanceof Event.EnvironmentDeleted deleted) {
                environments.computeIfPresent(deleted.stage().id(), (id, e) -> e.hasHistory() ? e : null);
            }
        }
        pipeline = places.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    private void place(Event.OfRelease change) {
        Release release = change.release();
        if (change instanceof Event.ReleaseCreated) {
            releaseCount++;
            releases.put(release.id(), release);
        } else if (change instanceof Event.ReleaseUpdated) {
            releases.put(release.id(), release);
        } else if (change instanceof Event.ReleaseDeleted) {
            releaseCount--;
            releases.remove(release.id());
        }
    }

    private void place(Event.ServiceDeployed event, Set<String> changedReleases) {
        Deployment deployment = event.deployment();
        Environment environment = environments.get(deployment.environment());
        if (environment.current() != null) {
            changedReleases.add(leave(environment.id(), deployment.finishedAt()));
        }
        Release release = releases.get(deployment.release());
        Placement before = release.placements().get(environment.id());
        int place = Promotion.placeOnLine(environment, release);
        if (place > 0) {
            environment.line().cutBehind(place);
        } else {
            place = environment.line().join(release.id());
        }
        environment.occupy(deployment);
        Placement now = new Placement(
                true,
                deployment.finishedAt(),
                before == null ? deployment.finishedAt() : before.firstSucceededAt(),
                deployment.id(),
                before == null ? deployment.id() : before.firstDeployment(),
                before == null ? deployment.linkedFrom() : before.linkedFrom(),
                place);
        releases.put(release.id(), release.with(environment.id(), now));
        changedReleases.add(release.id());
    }

    private String leave(String environment, Instant at) {
        Release leaving = releases.get(environments.get(environment).current().release());
        Placement placement = leaving.placements().get(environment).left(at);
        releases.put(leaving.id(), leaving.with(environment, placement));
        return leaving.id();
    }

    private void mark(Set<String> changedReleases, Set<String> changedEnvironments, Mark mark) {
        changedReleases.forEach(release -> releases.computeIfPresent(release, (id, r) -> r.marked(mark)));
        changedEnvironments.stream()
                .map(environments::get)
                .filter(Objects::nonNull)
                .forEach(environment -> environment.mark(mark));
    }
}
