package dev.lockstep.architecture.planted.domain;

/** Uses what a domain must not, so that the test of the rule can fail. */
class Violation {
    Object framework = io.smallrye.mutiny.Uni.createFrom().voidItem();
}
