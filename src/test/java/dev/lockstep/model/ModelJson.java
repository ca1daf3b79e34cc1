package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.ExpectedEnvironment.CurrentDeployment;
import dev.lockstep.model.ExpectedEnvironment.WaitingDeployment;
import dev.lockstep.model.ExpectedRelease.Placement;
import dev.lockstep.model.ModelRelease.Lock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the model expects, in the contract's JSON. */
record ModelJson(String application, EventLog chronicle) {

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

    static ObjectNode stop(StageView stop) {
        ObjectNode json =
                object().put("id", stop.id()).put("title", stop.title()).put("tier", stop.tier());
        json.set("policy", stop.policy().json());
        if (stop.position() != null) {
            json.put("position", stop.position()).set("after", texts(stop.after()));
        }
        return json;
    }

    static void facts(ObjectNode target, ExpectedApplication.Facts facts) {
        target.put("title", facts.title())
                .put("description", facts.description())
                .put("owner", facts.owner())
                .put("url", facts.url());
        target.set("keep", facts.keep() == null ? null : facts.keep().json());
    }

    ObjectNode deployment(ExpectedDeployment deployment) {
        ObjectNode json = object().put("id", id(deployment.revision()))
                .put("release", deployment.release())
                .put("environment", deployment.environment())
                .put("environmentTier", deployment.tier())
                .put("status", deployment.status())
                .put("failureKind", deployment.failureKind())
                .put("action", deployment.action())
                .put("previousRelease", deployment.previousRelease())
                .put("linkedFrom", deployment.linkedFrom(chronicle, application))
                .put("actor", deployment.actor())
                .put("reason", deployment.reason())
                .put("createdAt", time(deployment.revision()))
                .put("notBefore", Objects.toString(deployment.notBefore(), null))
                .put("expiresAt", Objects.toString(deployment.expiresAt(), null))
                .put("startedAt", time(deployment.started()))
                .put("finishedAt", time(deployment.finished()))
                .put("cancelRequested", deployment.cancelRequested())
                .put("url", deployment.url())
                .put("message", deployment.message())
                .put("reportedAt", Objects.toString(deployment.reportedAt(), null))
                .put("restoreOf", id(deployment.restoreOf()))
                .put("supersededBy", id(deployment.supersededBy()));
        json.set("source", deployment.source());
        json.putNull("endedBy");
        if (deployment.endedBy() != null) {
            json.putObject("endedBy").put("code", deployment.endedBy().name()).put("detail", "refused");
        }
        return json;
    }

    /** Adds why it waits, and until when. */
    ObjectNode why(ObjectNode json, ExpectedDeployment deployment) {
        blockedBy(json.putArray("blockedBy"), deployment.blockedBy(), null);
        Instant earliest = ExpectedDeployment.earliestStart(deployment.blockedBy());
        return json.put("earliestStart", Objects.toString(earliest, null));
    }

    void blockedBy(ArrayNode array, List<ExpectedBlocker> blockers, Instant now) {
        for (ExpectedBlocker blocker : blockers) {
            String judged = time(blocker.judged());
            array.addObject()
                    .put("code", blocker.code())
                    .put("opensBy", blocker.opensBy())
                    .put("until", Objects.toString(blocker.until(), null))
                    .put("by", id(blocker.by()))
                    .put("detail", blocker.code())
                    .put("judgedAt", judged == null ? Objects.toString(now, null) : judged);
        }
    }

    private ObjectNode waiter(WaitingDeployment waiter) {
        ExpectedDeployment deployment = waiter.deployment();
        ObjectNode json = object().put("id", id(deployment.revision()))
                .put("release", deployment.release())
                .put("action", deployment.action())
                .put("actor", deployment.actor())
                .put("createdAt", time(deployment.revision()))
                .put("notBefore", Objects.toString(deployment.notBefore(), null))
                .put("expiresAt", Objects.toString(deployment.expiresAt(), null));
        why(json, deployment);
        return waiter.position() == 0 ? json.putNull("position") : json.put("position", waiter.position());
    }

    /** Null for 0. */
    String id(long deployment) {
        return deployment == 0 ? null : EventLog.deploymentId(application, deployment);
    }

    void lockReasons(ArrayNode reasons, Map<String, Lock> locks) {
        locks.forEach((environment, lock) -> reasons.addObject()
                .put("code", lock.code())
                .put("environment", environment)
                .put("deployment", id(lock.deployment()))
                .put("since", time(lock.since())));
    }

    ObjectNode application(Stamped<ExpectedApplication> stamped) {
        ObjectNode value = object().put("application", application);
        facts(value, stamped.value().facts());
        value.put("archived", stamped.value().archived());
        ArrayNode pipeline = value.putArray("pipeline");
        stamped.value().pipeline().forEach(stop -> pipeline.add(stop(stop)));
        return stamped(value, stamped);
    }

    ObjectNode release(Stamped<ExpectedRelease> stamped) {
        ExpectedRelease view = stamped.value();
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
        ObjectNode json = object();
        json.set("active", placement.active() == null ? null : deployment(placement.active()));
        return json.put("environment", placement.environment())
                .put("status", placement.status())
                .put(
                        "since",
                        placement.since().isEmpty()
                                ? null
                                : time(placement.since().last()))
                .put("firstSucceededAt", time(placement.firstSucceeded()))
                .put("deployment", id(placement.deployment()))
                .put("linkedFrom", link == null ? null : link.resolve(chronicle, application));
    }

    ObjectNode environment(Stamped<ExpectedEnvironment> stamped) {
        ExpectedEnvironment view = stamped.value();
        ObjectNode value = object().put("application", application);
        value.set("environment", stop(view.stop()));
        value.putNull("current").putNull("active").putNull("lastDeployment");
        CurrentDeployment running = view.running();
        if (running != null) {
            value.putObject("current")
                    .put("release", running.release())
                    .put("deployment", id(running.deployment()))
                    .put("since", time(running.since()))
                    .put("actor", running.actor());
        }
        value.put("previous", view.previous()).put("rollbackTo", view.rollbackTo());
        if (view.last() != null) {
            value.set("lastDeployment", deployment(view.last()));
        }
        if (view.active() != null) {
            value.set("active", deployment(view.active()));
        }
        ArrayNode waiting = value.putArray("waiting");
        view.waiting().forEach(waiter -> waiting.add(waiter(waiter)));
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
