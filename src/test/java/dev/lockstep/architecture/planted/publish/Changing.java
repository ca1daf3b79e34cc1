package dev.lockstep.architecture.planted.publish;

import dev.lockstep.domain.deployment.Environment;

/** Changes what only the domain may change. */
public class Changing {

    void change(Environment environment) {
        environment.clearCurrent();
    }
}
