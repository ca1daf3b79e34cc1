package dev.lockstep.domain.gate;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;

/** Open for the first in the queue (rule 21), and for one that is not in it while nobody is. */
final class QueueGate implements Gate {

    @Override
    public Verdict check(Question question) {
        Deployment.Request before = null;
        for (Deployment.Waiting one : question.environment().waiting()) {
            if (one.request().id().equals(question.request().id())) {
                break;
            }
            if (one.joined()) {
                before = one.request();
            }
        }
        return before == null
                ? OPEN
                : Waits.forEvent(
                        Blocker.Code.QUEUED_BEHIND,
                        before.id(),
                        "Deployment " + before.id() + " of '" + before.release() + "' starts before it.");
    }
}
