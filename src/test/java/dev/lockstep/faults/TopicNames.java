package dev.lockstep.faults;

import java.util.List;

/** The topics by their default names. */
final class TopicNames {

    static final String COMMANDS = "lockstep.commands.v1";
    static final String RESULTS = "lockstep.results.v1";
    static final String EVENTS = "lockstep.events.v1";
    static final String RELEASE_STATUS = "lockstep.release-status.v1";
    static final String DEPLOYMENT_STATUS = "lockstep.deployment-status.v1";
    static final String APPLICATION_STATUS = "lockstep.application-status.v1";
    static final String DEAD_LETTERS = "lockstep.commands.v1.dlq";

    /** Commands first: what is read together is examined in this order. */
    static final List<String> ALL =
            List.of(COMMANDS, DEAD_LETTERS, RESULTS, EVENTS, RELEASE_STATUS, DEPLOYMENT_STATUS, APPLICATION_STATUS);

    /** Those in which an application has a partition, the same one in all of them. */
    static final List<String> WITH_HOMES =
            List.of(COMMANDS, RESULTS, EVENTS, RELEASE_STATUS, DEPLOYMENT_STATUS, APPLICATION_STATUS);

    /** Those that contain only what the worker publishes in response to commands. */
    static final List<String> FROM_COMMANDS =
            List.of(RESULTS, EVENTS, RELEASE_STATUS, DEPLOYMENT_STATUS, APPLICATION_STATUS);

    private TopicNames() {}
}
