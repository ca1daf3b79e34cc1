package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The parts of a deployment that fit into a table cell. */
final class DeploymentSummary {

    private static final int MAX_MESSAGE_LENGTH = 200;

    private static final List<String> MEMBERS = List.of(
            "id",
            "release",
            "action",
            "actor",
            "status",
            "failureKind",
            "createdAt",
            "notBefore",
            "startedAt",
            "finishedAt",
            "url",
            "cancelRequested",
            "blockedBy",
            "earliestStart");

    private DeploymentSummary() {}

    /** @return null for none */
    static ObjectNode of(JsonNode deployment) {
        if (!deployment.isObject()) {
            return null;
        }
        ObjectNode brief = ResponseFactory.JSON.createObjectNode();
        MEMBERS.forEach(member -> brief.set(member, deployment.get(member)));
        if (!deployment.has("status")) { // a waiting deployment, as a status lists it
            brief.put("status", "pending");
        }
        String message = deployment.path("message").textValue();
        brief.put(
                "message",
                message == null || message.codePointCount(0, message.length()) <= MAX_MESSAGE_LENGTH
                        ? message
                        : message.substring(0, message.offsetByCodePoints(0, MAX_MESSAGE_LENGTH)) + "…");
        return brief;
    }
}
