package dev.lockstep.domain.gate;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;

/** Open for the first in the queue (rule 21), and, while the queue is empty, for one that is not in it. */
final class QueueGate implements Gate {

    @Override
    public Verdict check(GateContext gateContext) {
        Deployment.Request ahead = null;
        for (Deployment.Waiting waiting : gateContext.environment().waiting()) {
            if (waiting.request().id().equals(gateContext.request().id())) {
                break;
            }
            if (waiting.isInQueue()) {
                ahead = waiting.request();
            }
        }
        return ahead == null
                ? OPEN
                : Blocked.untilEvent(
                        Blocker.Code.QUEUED_BEHIND,
                        ahead.id(),
                        "Deployment " + ahead.id() + " of '" + ahead.release() + "' starts before it.");
    }
}
