package dev.lockstep.store;

import dev.lockstep.domain.Command;

/** An environment of an application. */
record EnvironmentKey(String application, String id) {

    /** The environment that a command names. */
    static EnvironmentKey named(Command command) {
        return new EnvironmentKey(command.application(), command.environment());
    }
}
