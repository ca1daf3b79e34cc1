package dev.lockstep.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A status record in a {@link DeploymentHistory}. */
record StatusFixture(ObjectNode json) {

    /** With nothing in it. */
    static StatusFixture ofEnvironment(String id) {
        ObjectNode json = DeploymentHistory.object();
        json.putObject("environment").put("id", id);
        json.putNull("active").putNull("current").putNull("lastDeployment").putArray("waiting");
        return new StatusFixture(json);
    }

    /** Not being deployed anywhere, with environments {@code qa} and {@code demo}. */
    static StatusFixture ofRelease(String id) {
        ObjectNode json = DeploymentHistory.object().put("release", id);
        ArrayNode placements = json.putArray("placements");
        placements.addObject().put("environment", "qa").putNull("active");
        placements.addObject().put("environment", "demo").putNull("active");
        return new StatusFixture(json);
    }

    String key() {
        return json.has("placements")
                ? "release " + json.get("release").textValue()
                : "environment " + json.at("/environment/id").textValue();
    }

    StatusFixture active(DeploymentFixture fixture) {
        json.putObject("active").put("id", fixture.id());
        return this;
    }

    StatusFixture current(DeploymentFixture fixture) {
        json.putObject("current").put("deployment", fixture.id());
        return this;
    }

    StatusFixture last(DeploymentFixture fixture) {
        json.putObject("lastDeployment").put("id", fixture.id());
        return this;
    }

    StatusFixture waiting(DeploymentFixture... all) {
        ArrayNode waiting = json.putArray("waiting");
        for (DeploymentFixture fixture : all) {
            waiting.addObject().put("id", fixture.id());
        }
        return this;
    }

    /** Of a release that is being deployed to {@code qa}. */
    StatusFixture onItsWay(DeploymentFixture fixture) {
        ((ObjectNode) json.at("/placements/0")).putObject("active").put("id", fixture.id());
        return this;
    }
}
