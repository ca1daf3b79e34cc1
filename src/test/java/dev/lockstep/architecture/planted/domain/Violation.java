package dev.lockstep.architecture.planted.domain;

/** Uses what the domain must not, so that the rule's test can fail. */
class Violation {
    Object framework = io.smallrye.mutiny.Uni.createFrom().voidItem();
}
