package dev.lockstep.domain.gate;

import dev.lockstep.domain.deployment.Blocker;
import java.time.Instant;

/** Opens at the time that the request names, and never closes. */
final class NotBeforeGate implements Gate {

    @Override
    public Verdict check(GateContext gateContext) {
        Instant notBefore = gateContext.request().notBefore();
        return notBefore != null && gateContext.isHeld(Blocker.Code.NOT_BEFORE, notBefore::isAfter)
                ? Blocked.untilTime(Blocker.Code.NOT_BEFORE, notBefore, "It must not start before " + notBefore + ".")
                : OPEN;
    }
}
