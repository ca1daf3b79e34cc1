package dev.lockstep.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A status record in a {@link LivesHistory}. */
record LiveStatus(ObjectNode json) {

    /** With nothing in it. */
    static LiveStatus ofEnvironment(String id) {
        ObjectNode json = LivesHistory.object();
        json.putObject("environment").put("id", id);
        json.putNull("active").putNull("current").putNull("lastDeployment").putArray("waiting");
        return new LiveStatus(json);
    }

    /** On its way nowhere, with environments {@code qa} and {@code demo}. */
    static LiveStatus ofRelease(String id) {
        ObjectNode json = LivesHistory.object().put("release", id);
        ArrayNode placements = json.putArray("placements");
        placements.addObject().put("environment", "qa").putNull("active");
        placements.addObject().put("environment", "demo").putNull("active");
        return new LiveStatus(json);
    }

    LiveStatus active(LiveOne one) {
        json.putObject("active").put("id", one.id());
        return this;
    }

    LiveStatus current(LiveOne one) {
        json.putObject("current").put("deployment", one.id());
        return this;
    }

    LiveStatus last(LiveOne one) {
        json.putObject("lastDeployment").put("id", one.id());
        return this;
    }

    LiveStatus waiting(LiveOne... all) {
        ArrayNode waiting = json.putArray("waiting");
        for (LiveOne one : all) {
            waiting.addObject().put("id", one.id());
        }
        return this;
    }

    /** Of a release: on its way to {@code qa}. */
    LiveStatus onItsWay(LiveOne one) {
        ((ObjectNode) json.at("/placements/0")).putObject("active").put("id", one.id());
        return this;
    }
}
