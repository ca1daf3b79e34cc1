package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ReleaseView.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * Compares the model's state with release-status and deployment-status values, in the JSON of contract section 6: a
 * subject's, or the latest of each key on the topics.
 */
public final class StatusComparison {

    /** The {@code position} of a pipeline's first environment. */
    public static final int FIRST_POSITION = 0;

    private StatusComparison() {}

    /**
     * Everything published about an application.
     *
     * @param releases     values by release id, null for a tombstone
     * @param environments values by environment id, null for a tombstone
     */
    public static List<String> application(
            ReferenceModel model,
            String application,
            Map<String, JsonNode> releases,
            Map<String, JsonNode> environments) {
        List<String> found = new ArrayList<>();
        found.addAll(all(
                "release " + application,
                model.releases(application),
                releases,
                (view, value) -> release(application, view, value)));
        found.addAll(all(
                "environment " + application,
                model.environments(application),
                environments,
                (view, value) -> environment(application, view, value)));
        return found;
    }

    private static <V> List<String> all(
            String what,
            Map<String, Stamped<V>> expected,
            Map<String, JsonNode> actual,
            BiFunction<Stamped<V>, JsonNode, List<String>> compare) {
        List<String> found = new ArrayList<>();
        TreeSet<String> ids = new TreeSet<>(expected.keySet());
        ids.addAll(actual.keySet());
        for (String id : ids) {
            JsonNode value = actual.get(id);
            boolean published = value != null && !value.isNull();
            if (expected.containsKey(id) && published) {
                found.addAll(compare.apply(expected.get(id), value));
            } else if (expected.containsKey(id) || published) {
                found.add(what + "/" + id + (published ? ": must be gone" : ": is missing"));
            }
        }
        return found;
    }

    /** One release-status value. */
    public static List<String> release(String application, Stamped<ReleaseView> expected, JsonNode value) {
        ReleaseView view = expected.value();
        Differences differences = new Differences("release " + application + "/" + view.id(), value);
        differences.text("/application", application);
        differences.text("/release", view.id());
        differences.text("/title", view.title());
        differences.text("/description", view.description());
        differences.text("/artifactId", view.artifactId());
        differences.object("/source", view.source());
        if (view.createdBy() != null) {
            differences.text("/createdBy", view.createdBy());
        }
        differences.number("/createdRevision", view.createdRevision());
        differences.bool("/deletable", view.deletable());
        differences.textsInAnyOrder("/lockReasons", "environment", view.lockEnvironments());
        differences.texts(
                "/placements",
                "environment",
                view.placements().stream().map(Placement::environment).toList());
        differences.texts(
                "/placements",
                "status",
                view.placements().stream().map(Placement::status).toList());
        List<String> links = new ArrayList<>();
        view.placements().forEach(placement -> links.add(placement.linkedFrom()));
        differences.texts("/placements", "linkedFrom", links);
        differences.text("/next", view.next());
        stamp(expected, differences);
        return differences.found();
    }

    /** One deployment-status value. */
    public static List<String> environment(String application, Stamped<EnvironmentView> expected, JsonNode value) {
        EnvironmentView view = expected.value();
        Differences differences = new Differences("environment " + application + "/" + view.id(), value);
        differences.text("/application", application);
        differences.text("/environment/id", view.id());
        differences.text("/environment/tier", view.tier());
        differences.number("/environment/position", FIRST_POSITION + view.index());
        differences.release("/current", view.current());
        differences.release("/previous", view.previous());
        differences.release("/rollbackTo", view.rollbackTo());
        differences.release("/lastDeployment", view.lastRelease());
        if (view.lastRelease() != null) {
            differences.text("/lastDeployment/action", view.lastAction());
            differences.text("/lastDeployment/status", "succeeded");
        }
        differences.absent("/active");
        stamp(expected, differences);
        return differences.found();
    }

    private static void stamp(Stamped<?> expected, Differences differences) {
        differences.between("/revision", expected.from(), expected.to());
        differences.present("/updatedAt");
        differences.present("/lastEventId");
    }
}
