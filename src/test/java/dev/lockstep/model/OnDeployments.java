package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.Details;
import dev.lockstep.model.Expected.End;

/** What is told of deployments: rules 25 and 26. */
record OnDeployments(ModelState state) {

    Expected report(JsonNode data) {
        ModelDeployment deployment = state.deployment(data.get("deployment").textValue());
        if (deployment == null) {
            return state.refused(Code.DEPLOYMENT_NOT_FOUND);
        }
        if (deployment.isWaiting()) {
            return state.refused(Code.NOT_STARTED);
        }
        String status = data.get("status").textValue();
        if (!deployment.isInProgress()) {
            return deployment.endedAs(status) ? state.accepted(deployment) : notActive(deployment);
        }
        deployment.reportedOn = true;
        deployment.heardAt = state.now;
        boolean changed = deployment.tell(data);
        boolean ends = !status.equals("in_progress");
        if (changed || ends) {
            deployment.reportedAt = Chronicle.time(data.path("at"));
        }
        Life life = new Life(state, deployment.environment);
        if (ends) {
            boolean failed = status.equals("failed") || status.equals("errored");
            life.endStarted(deployment, failed ? "failed" : status, failed ? status : null);
            new Waiting(state, life).lookAgain(Waiting.Cause.COMMAND);
        } else if (changed) {
            state.emitAbout(Fact.DEPLOYMENT_UPDATED, deployment);
        }
        return state.accepted(deployment);
    }

    Expected cancel(JsonNode data) {
        ModelDeployment deployment = state.deployment(data.get("deployment").textValue());
        if (deployment == null) {
            return state.refused(Code.DEPLOYMENT_NOT_FOUND);
        }
        if (deployment.isWaiting()) {
            Life life = new Life(state, deployment.environment);
            life.endUnstarted(deployment, "cancelled");
            new Waiting(state, life).lookAgain(Waiting.Cause.COMMAND);
        } else if (deployment.isInProgress()) {
            if (!deployment.cancelRequested) {
                deployment.cancelRequested = true;
                state.emitAbout(Fact.DEPLOYMENT_CANCELREQUESTED, deployment);
            }
        } else if (!deployment.status.equals("cancelled")) {
            return notActive(deployment);
        }
        return state.accepted(deployment);
    }

    private Expected notActive(ModelDeployment deployment) {
        End end = new End(deployment.status, deployment.failureKind, deployment.finished);
        return state.refused(Code.DEPLOYMENT_NOT_ACTIVE, Details.end(end));
    }
}
