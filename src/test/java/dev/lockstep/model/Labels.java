package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which deployment a command means, whatever its id: when commands are left out, revisions change, and with them the ids of
 * deployments.
 *
 * @param byId the deployments' labels by the ids they had when all commands were there
 */
record Labels(Map<String, String> byId) {

    static final Labels NONE = new Labels(Map.of());

    static Labels of(List<SentCommand> commands) {
        Map<String, String> byId = new HashMap<>();
        ReferenceModel model = new ReferenceModel();
        for (SentCommand sent : commands) {
            model.apply(sent);
            if (sent.application() != null) {
                model.deployments(sent.application())
                        .forEach(deployment -> byId.putIfAbsent(id(sent, deployment), deployment.label));
            }
        }
        return new Labels(byId);
    }

    private static String id(SentCommand sent, ModelDeployment deployment) {
        return EventLog.deploymentId(sent.application(), deployment.revision);
    }

    /** The same command, naming the deployment that it named when all commands were there. */
    SentCommand renamed(SentCommand sent, ReferenceModel model) {
        String named = sent.text("deployment");
        String label = named == null ? null : byId.get(named);
        if (label == null || sent.application() == null) {
            return sent;
        }
        return model.deployments(sent.application()).stream()
                .filter(deployment -> deployment.label.equals(label))
                .findFirst()
                .map(deployment -> naming(sent, id(sent, deployment)))
                .orElse(sent);
    }

    private static SentCommand naming(SentCommand sent, String id) {
        ObjectNode data = sent.data().deepCopy();
        return sent.with(data.put("deployment", id));
    }
}
