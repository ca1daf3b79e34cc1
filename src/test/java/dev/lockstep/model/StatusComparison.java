package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedEnvironment.CurrentDeployment;
import dev.lockstep.model.ExpectedRelease.Placement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * Compares the model's state with the values of the three status topics, in the JSON of contract section 6: a subject's,
 * or the latest of each key in the topics.
 */
public final class StatusComparison {

    private static final List<String> STAMP = List.of("revision", "updatedAt", "lastEventId");
    private static final List<String> OF_APPLICATION =
            List.of("application", "title", "description", "owner", "url", "archived", "pipeline", "keep");
    private static final List<String> OF_RELEASE = List.of(
            "application",
            "release",
            "title",
            "description",
            "artifactId",
            "source",
            "notes",
            "labels",
            "createdAt",
            "createdBy",
            "deletable",
            "lockReasons",
            "placements",
            "next",
            "nextEnvironments",
            "createdRevision");
    private static final List<String> OF_PLACEMENT =
            List.of("environment", "status", "active", "since", "firstSucceededAt", "deployment", "linkedFrom");
    private static final List<String> OF_ENVIRONMENT = List.of(
            "application", "environment", "current", "previous", "active", "waiting", "lastDeployment", "rollbackTo");

    private final ReferenceModel model;
    private final String application;
    private final EventLog chronicle;

    private StatusComparison(ReferenceModel model, String application, EventLog chronicle) {
        this.model = model;
        this.application = application;
        this.chronicle = chronicle;
    }

    /** Everything published about an application. */
    public static List<String> application(
            ReferenceModel model, String application, Published published, EventLog chronicle) {
        StatusComparison comparison = new StatusComparison(model, application, chronicle);
        List<String> found = new ArrayList<>(comparison.own(published.application(application)));
        found.addAll(all(
                "release " + application,
                model.releases(application),
                model.goneReleases(application),
                published.releases(application),
                comparison::release));
        found.addAll(all(
                "environment " + application,
                model.environments(application),
                model.goneEnvironments(application),
                published.environments(application),
                comparison::environment));
        return found;
    }

    private static <V> List<String> all(
            String what,
            Map<String, Stamped<V>> expected,
            Map<String, Set<String>> gone,
            Map<String, LatestRecord> actual,
            BiFunction<Stamped<V>, JsonNode, List<String>> compare) {
        List<String> found = new ArrayList<>();
        TreeSet<String> ids = new TreeSet<>(expected.keySet());
        ids.addAll(actual.keySet());
        for (String id : ids) {
            LatestRecord latest = actual.get(id);
            JsonNode value = latest == null ? null : latest.value();
            if (expected.containsKey(id) && value != null) {
                found.addAll(compare.apply(expected.get(id), value));
            } else if (expected.containsKey(id) || value != null) {
                found.add(what + "/" + id + (value != null ? ": must be gone" : ": is missing"));
            } else if (!gone.getOrDefault(id, Set.of()).contains(Objects.toString(latest.reason()))) {
                found.add(what + "/" + id + ": expected a tombstone for " + gone.get(id) + ", was " + latest.reason());
            }
        }
        return found;
    }

    private List<String> own(LatestRecord latest) {
        Stamped<ExpectedApplication> expected = model.status(application);
        JsonNode value = latest == null ? null : latest.value();
        if (expected == null || value == null) {
            boolean same = expected == null && value == null;
            return same
                    ? List.of()
                    : List.of("application " + application + (value == null ? ": is missing" : ": does not exist"));
        }
        ExpectedApplication view = expected.value();
        Differences differences = new Differences("application " + application, value);
        NestedComparison particulars = new NestedComparison(application, chronicle, differences);
        differences.members("", OF_APPLICATION);
        differences.members("", STAMP);
        differences.text("/application", application);
        particulars.facts("", view.facts());
        differences.bool("/archived", view.archived());
        differences.same(
                "/pipeline/size", view.pipeline().size(), value.path("pipeline").size());
        for (int i = 0;
                i < Math.min(view.pipeline().size(), value.path("pipeline").size());
                i++) {
            particulars.stopInStatus("/pipeline/" + i, view.pipeline().get(i));
        }
        particulars.stamp(expected);
        return differences.found();
    }

    private List<String> release(Stamped<ExpectedRelease> expected, JsonNode value) {
        ExpectedRelease view = expected.value();
        Differences differences = new Differences("release " + application + "/" + view.id(), value);
        NestedComparison particulars = new NestedComparison(application, chronicle, differences);
        differences.members("", OF_RELEASE);
        differences.members("", STAMP);
        differences.text("/application", application);
        differences.text("/release", view.id());
        differences.text("/title", view.title());
        differences.text("/description", view.description());
        differences.text("/artifactId", view.artifactId());
        differences.object("/source", view.source());
        differences.text("/notes", view.notes());
        differences.pairs("/labels", view.labels());
        differences.time("/createdAt", chronicle.time(application, view.createdRevision()));
        if (view.createdBy() != null) {
            differences.text("/createdBy", view.createdBy());
        }
        differences.number("/createdRevision", view.createdRevision());
        differences.bool("/deletable", view.deletable());
        particulars.lockReasons("/lockReasons", view.locks());
        differences.texts(
                "/placements",
                "environment",
                view.placements().stream().map(Placement::environment).toList());
        for (int i = 0;
                i < Math.min(view.placements().size(), value.path("placements").size());
                i++) {
            placement("/placements/" + i, view.placements().get(i), particulars);
        }
        differences.text("/next", view.next());
        differences.textsInAnyOrder("/nextEnvironments", view.nextEnvironments());
        particulars.stamp(expected);
        return differences.found();
    }

    private void placement(String pointer, Placement expected, NestedComparison particulars) {
        Differences differences = particulars.differences();
        differences.members(pointer, OF_PLACEMENT);
        differences.text(pointer + "/status", expected.status());
        particulars.deployment(pointer + "/active", expected.active());
        since(pointer + "/since", expected, differences);
        firstSucceeded(pointer + "/firstSucceededAt", expected, differences);
        particulars.id(pointer + "/deployment", expected.deployment());
        Link link = expected.link();
        differences.text(pointer + "/linkedFrom", link == null ? null : link.resolve(chronicle, application));
    }

    private void since(String pointer, Placement expected, Differences differences) {
        if (expected.since().isEmpty()) {
            differences.absent(pointer);
            return;
        }
        Instant seen = EventLog.time(differences.at(pointer));
        boolean isOther = expected.since().stream()
                .map(revision -> chronicle.time(application, revision))
                .anyMatch(time -> time != null && time.equals(seen));
        if (!isOther) {
            differences.time(
                    pointer, chronicle.time(application, expected.since().first()));
        }
    }

    /** The contract does not say whether a release succeeded in the first environment, or only counts as if it had. */
    private void firstSucceeded(String pointer, Placement expected, Differences differences) {
        boolean mayBeNothing = expected.firstSucceeded() == 0 || expected.isPresent();
        if (mayBeNothing
                && (expected.firstSucceeded() == 0 || differences.at(pointer).isNull())) {
            differences.absent(pointer);
        } else {
            differences.time(pointer, chronicle.time(application, expected.firstSucceeded()));
        }
    }

    private List<String> environment(Stamped<ExpectedEnvironment> expected, JsonNode value) {
        ExpectedEnvironment view = expected.value();
        Differences differences = new Differences("environment " + application + "/" + view.id(), value);
        NestedComparison particulars = new NestedComparison(application, chronicle, differences);
        differences.members("", OF_ENVIRONMENT);
        differences.members("", STAMP);
        differences.text("/application", application);
        particulars.stopInStatus("/environment", view.stop());
        current(view.running(), particulars);
        differences.release("/previous", view.previous());
        differences.release("/rollbackTo", view.rollbackTo());
        particulars.deployment("/lastDeployment", view.last());
        particulars.deployment("/active", view.active());
        differences.same(
                "/waiting/size", view.waiting().size(), value.path("waiting").size());
        for (int i = 0;
                i < Math.min(view.waiting().size(), value.path("waiting").size());
                i++) {
            particulars.waiter("/waiting/" + i, view.waiting().get(i));
        }
        particulars.stamp(expected);
        return differences.found();
    }

    private void current(CurrentDeployment running, NestedComparison particulars) {
        Differences differences = particulars.differences();
        if (running == null) {
            differences.absent("/current");
            return;
        }
        differences.members("/current", List.of("release", "deployment", "since", "actor"));
        differences.text("/current/release", running.release());
        particulars.id("/current/deployment", running.deployment());
        differences.time("/current/since", chronicle.time(application, running.since()));
        differences.text("/current/actor", running.actor());
    }
}
