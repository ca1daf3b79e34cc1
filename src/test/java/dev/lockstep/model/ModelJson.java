package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.EnvironmentView.Running;
import dev.lockstep.model.ReleaseView.Placement;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;

/** What the model expects, in the contract's JSON. */
record ModelJson(String application, Chronicle chronicle) {

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode texts(Collection<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    static ObjectNode pairs(Map<String, String> pairs) {
        ObjectNode object = object();
        pairs.forEach(object::put);
        return object;
    }

    static ObjectNode stop(StopView stop) {
        ObjectNode json =
                object().put("id", stop.id()).put("title", stop.title()).put("tier", stop.tier());
        json.putObject("policy").put("onlyNewer", stop.onlyNewer());
        if (stop.position() != null) {
            json.put("position", stop.position()).set("after", texts(stop.after()));
        }
        return json;
    }

    static void facts(ObjectNode target, ApplicationView.Facts facts) {
        target.put("title", facts.title())
                .put("description", facts.description())
                .put("owner", facts.owner())
                .put("url", facts.url());
    }

    ObjectNode deployment(ExpectedDeployment deployment, String id, Instant time) {
        ObjectNode json = object().put("id", id)
                .put("release", deployment.release())
                .put("environment", deployment.environment())
                .put("environmentTier", deployment.tier())
                .put("status", "succeeded")
                .put("action", deployment.action())
                .put("previousRelease", deployment.previousRelease())
                .put("linkedFrom", deployment.link().resolve(chronicle, application))
                .put("actor", deployment.actor())
                .put("reason", deployment.reason())
                .put("createdAt", time.minusMillis(2).toString())
                .put("startedAt", time.minusMillis(1).toString())
                .put("finishedAt", time.toString());
        json.set("source", deployment.source());
        return json;
    }

    void lockReasons(ArrayNode reasons, Map<String, Long> locks) {
        locks.forEach((environment, revision) -> reasons.addObject()
                .put("code", "DEPLOYED")
                .put("environment", environment)
                .put("deployment", chronicle.deployment(application, revision))
                .put("since", time(revision)));
    }

    ObjectNode application(Stamped<ApplicationView> stamped) {
        ObjectNode value = object().put("application", application);
        facts(value, stamped.value().facts());
        value.put("archived", stamped.value().archived());
        ArrayNode pipeline = value.putArray("pipeline");
        stamped.value().pipeline().forEach(stop -> pipeline.add(stop(stop)));
        return stamped(value, stamped);
    }

    ObjectNode release(Stamped<ReleaseView> stamped) {
        ReleaseView view = stamped.value();
        ObjectNode value = object().put("application", application)
                .put("release", view.id())
                .put("title", view.title())
                .put("description", view.description())
                .put("artifactId", view.artifactId())
                .put("notes", view.notes())
                .put("createdAt", time(view.createdRevision()))
                .put("createdBy", view.createdBy())
                .put("createdRevision", view.createdRevision())
                .put("deletable", view.deletable())
                .put("next", view.next());
        value.set("source", view.source());
        value.set("labels", pairs(view.labels()));
        value.set("nextEnvironments", texts(view.nextEnvironments()));
        lockReasons(value.putArray("lockReasons"), view.locks());
        ArrayNode placements = value.putArray("placements");
        view.placements().forEach(placement -> placements.add(placement(placement)));
        return stamped(value, stamped);
    }

    private ObjectNode placement(Placement placement) {
        Link link = placement.link();
        return object().put("environment", placement.environment())
                .put("status", placement.status())
                .putNull("active")
                .put(
                        "since",
                        placement.since().isEmpty()
                                ? null
                                : time(placement.since().last()))
                .put("firstSucceededAt", time(placement.firstSucceeded()))
                .put("deployment", chronicle.deployment(application, placement.deployment()))
                .put("linkedFrom", link == null ? null : link.resolve(chronicle, application));
    }

    ObjectNode environment(Stamped<EnvironmentView> stamped) {
        EnvironmentView view = stamped.value();
        ObjectNode value = object().put("application", application);
        value.set("environment", stop(view.stop()));
        value.putNull("current").putNull("active").putNull("lastDeployment");
        Running running = view.running();
        if (running != null) {
            value.putObject("current")
                    .put("release", running.release())
                    .put("deployment", chronicle.deployment(application, running.deployment()))
                    .put("since", time(running.since()))
                    .put("actor", running.actor());
        }
        value.put("previous", view.previous()).put("rollbackTo", view.rollbackTo());
        if (view.last() != null) {
            long revision = view.last().revision();
            Instant time = chronicle.time(application, revision);
            value.set("lastDeployment", deployment(view.last(), chronicle.deployment(application, revision), time));
        }
        return stamped(value, stamped);
    }

    private ObjectNode stamped(ObjectNode value, Stamped<?> stamped) {
        return value.put("revision", stamped.revision())
                .put("updatedAt", time(stamped.revision()))
                .put("lastEventId", chronicle.id(application, stamped.revision()));
    }

    private String time(long revision) {
        return Objects.toString(chronicle.time(application, revision), null);
    }
}
