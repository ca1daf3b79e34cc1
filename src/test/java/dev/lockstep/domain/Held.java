package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.STAGING;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.gate.Gates;
import java.util.List;

/** For tests of what is told and stored of a deployment that a gate holds which the worker does not have: "1" in staging. */
public record Held(Application application, Changes changes) {

    public static Held forAnActor(Blocker.Code code, String detail) {
        return by(Gate.Blocked.untilActor(code, detail));
    }

    private static Held by(Gate.Blocked reason) {
        Scenario shop = Scenario.with(new Gates(List.of(gateContext -> reason)))
                .create("1")
                .deploy("1", STAGING)
                .accepted();
        return new Held(shop.application, shop.changes());
    }
}
