package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/**
 * Which deployment a command means, whatever its id is: where commands are left out, revisions change, and the ids of
 * deployments with them.
 */
final class Labels {

    private final Map<String, String> byId = new HashMap<>();

    /** The same command, naming what it named when all commands were there. */
    Sent renamed(Sent sent, ReferenceModel model) {
        String label = byId.get(sent.text("deployment"));
        if (label == null || sent.application() == null) {
            return sent;
        }
        return model.deployments(sent.application()).stream()
                .filter(deployment -> deployment.label.equals(label))
                .map(deployment -> Chronicle.deploymentId(sent.application(), deployment.revision))
                .findFirst()
                .map(id -> naming(sent, id, label))
                .orElse(sent);
    }

    private Sent naming(Sent sent, String id, String label) {
        byId.putIfAbsent(id, label);
        ObjectNode data = sent.data().deepCopy();
        return sent.with(data.put("deployment", id));
    }

    void learn(Sent sent, ReferenceModel model) {
        if (sent.application() != null) {
            model.deployments(sent.application())
                    .forEach(deployment -> byId.putIfAbsent(
                            Chronicle.deploymentId(sent.application(), deployment.revision), deployment.label));
        }
    }
}
