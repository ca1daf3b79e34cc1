package dev.lockstep.domain.gate;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;

/** Open while nothing is in progress in the environment. */
final class EnvironmentBusyGate implements Gate {

    @Override
    public Verdict check(GateContext gateContext) {
        Deployment.InProgress inProgress = gateContext.environment().inProgress();
        return inProgress == null
                ? OPEN
                : Blocked.untilEvent(
                        Blocker.Code.ENVIRONMENT_BUSY,
                        inProgress.request().id(),
                        "Deployment " + inProgress.request().id() + " of '"
                                + inProgress.request().release() + "' is in progress in '"
                                + gateContext.environment().id() + "'.");
    }
}
