package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.STAGING;

import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.gate.Gates;
import java.util.List;

/** For tests of what is published and stored about a deployment held by a gate that the worker does not have: "1" in staging. */
public record HeldDeployment(Application application, Changes changes) {

    public static HeldDeployment forAnActor(Blocker.Code code, String detail) {
        Gate.Blocked reason = Gate.Blocked.untilActor(code, detail);
        return by(gateContext -> reason);
    }

    public static HeldDeployment by(Gate gate) {
        Scenario shop = Scenario.with(new Gates(List.of(gate)))
                .create("1")
                .deploy("1", STAGING)
                .accepted();
        return new HeldDeployment(shop.application, shop.changes());
    }
}
