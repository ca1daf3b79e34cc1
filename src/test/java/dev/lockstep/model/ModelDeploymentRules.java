package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedOutcome.Details;
import dev.lockstep.model.ExpectedOutcome.End;

/** The commands about existing deployments: rules 25 and 26. */
record ModelDeploymentRules(ModelState state) {

    ExpectedOutcome report(JsonNode data) {
        ModelDeployment deployment = state.deployment(data.get("deployment").textValue());
        if (deployment == null) {
            return state.refused(ExpectedRefusal.DEPLOYMENT_NOT_FOUND);
        }
        if (deployment.isWaiting()) {
            return state.refused(ExpectedRefusal.NOT_STARTED);
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
            deployment.reportedAt = EventLog.time(data.path("at"));
        }
        ModelLifecycle life = new ModelLifecycle(state, deployment.environment);
        if (ends) {
            boolean failed = status.equals("failed") || status.equals("errored");
            life.endStarted(deployment, failed ? "failed" : status, failed ? status : null);
            ModelQueue.reevaluateAll(state);
        } else if (changed) {
            state.emitAbout(EventKind.DEPLOYMENT_UPDATED, deployment);
        }
        return state.accepted(deployment);
    }

    ExpectedOutcome cancel(JsonNode data) {
        ModelDeployment deployment = state.deployment(data.get("deployment").textValue());
        if (deployment == null) {
            return state.refused(ExpectedRefusal.DEPLOYMENT_NOT_FOUND);
        }
        if (deployment.isWaiting()) {
            new ModelLifecycle(state, deployment.environment).unstartedEndEvents(deployment, "cancelled");
            ModelQueue.reevaluateAll(state);
        } else if (deployment.isInProgress()) {
            if (!deployment.cancelRequested) {
                deployment.cancelRequested = true;
                state.emitAbout(EventKind.DEPLOYMENT_CANCELREQUESTED, deployment);
            }
        } else if (!deployment.status.equals("cancelled")) {
            return notActive(deployment);
        }
        return state.accepted(deployment);
    }

    private ExpectedOutcome notActive(ModelDeployment deployment) {
        End end = new End(deployment.status, deployment.failureKind, deployment.finished);
        return state.refused(ExpectedRefusal.DEPLOYMENT_NOT_ACTIVE, Details.end(end));
    }
}
