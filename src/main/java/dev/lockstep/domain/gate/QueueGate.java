package dev.lockstep.domain.gate;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;

/** Open for the first in the queue (rule 21), and, while the queue is empty, for one that is not in it. */
final class QueueGate implements Gate {

    @Override
    public Verdict check(GateContext gateContext) {
        Deployment.Request before = null;
        for (Deployment.Waiting waiting : gateContext.environment().waiting()) {
            if (waiting.request().id().equals(gateContext.request().id())) {
                break;
            }
            if (waiting.isInQueue()) {
                before = waiting.request();
            }
        }
        return before == null
                ? OPEN
                : Blocked.untilEvent(
                        Blocker.Code.QUEUED_BEHIND,
                        before.id(),
                        "Deployment " + before.id() + " of '" + before.release() + "' starts before it.");
    }
}
