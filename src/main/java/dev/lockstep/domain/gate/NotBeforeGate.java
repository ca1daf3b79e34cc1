package dev.lockstep.domain.gate;

import dev.lockstep.domain.deployment.Blocker;
import java.time.Instant;

/** Opens when the request says, and never closes. */
final class NotBeforeGate implements Gate {

    @Override
    public Verdict check(Question question) {
        Instant notBefore = question.request().notBefore();
        return notBefore != null && question.isHeld(Blocker.Code.NOT_BEFORE, notBefore::isAfter)
                ? Waits.forTime(Blocker.Code.NOT_BEFORE, notBefore, "It must not start before " + notBefore + ".")
                : OPEN;
    }
}
