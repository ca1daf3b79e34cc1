package dev.lockstep.domain.gate;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;

/** Open while nothing is in progress in the environment. */
final class EnvironmentBusyGate implements Gate {

    @Override
    public Verdict check(GateContext gateContext) {
        Deployment.InProgress active = gateContext.environment().inProgress();
        return active == null
                ? OPEN
                : Blocked.untilEvent(
                        Blocker.Code.ENVIRONMENT_BUSY,
                        active.request().id(),
                        "Deployment " + active.request().id() + " of '"
                                + active.request().release() + "' is in progress in '"
                                + gateContext.environment().id() + "'.");
    }
}
