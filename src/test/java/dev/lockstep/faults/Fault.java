package dev.lockstep.faults;

import java.util.Random;

/** What goes wrong on purpose. */
enum Fault {
    KILL(WorkerFaults::kill, Requirement.NOTHING),
    KILL_BETWEEN_COMMITS(WorkerFaults::killBetweenCommits, Requirement.BOTH_STORES),
    KILL_AFTER_COMMITS(WorkerFaults::killAfterCommits, Requirement.BOTH_STORES),
    RECORDS_DELETED(WorkerFaults::killAndDeleteRecords, Requirement.BOTH_STORES),
    ZOMBIE(WorkerFaults::pause, Requirement.BOTH_STORES),
    ZOMBIE_BETWEEN_COMMITS(WorkerFaults::pauseBetweenCommits, Requirement.BOTH_STORES),
    ZOMBIE_IN_TRANSACTION(WorkerFaults::pauseInTransaction, Requirement.BOTH_STORES),
    ROLLING_UPDATE(WorkerFaults::rollingUpdate, Requirement.NOTHING),
    ADD_WORKER(WorkerFaults::add, Requirement.BOTH_STORES),
    REMOVE_WORKER(WorkerFaults::remove, Requirement.NOTHING),
    POSTGRES_CRASH(StoreFaults::crashPostgres, Requirement.POSTGRES_AWAY),
    BROKER_RESTART(StoreFaults::restartBroker, Requirement.BROKER_AWAY),
    TOPIC_GROWN(StoreFaults::growTopics, Requirement.BOTH_STORES),
    WRITES_REFUSED(StoreFaults::refuseWrites, Requirement.BOTH_STORES),
    OUTPUTS_REFUSED(StoreFaults::refuseOutputs, Requirement.BOTH_STORES),
    FOREIGN_GROUP_MEMBER(WorkerFaults::admitForeignMember, Requirement.BOTH_STORES),
    DATABASE_CONNECTIONS_ENDED(StoreFaults::endDatabaseConnections, Requirement.BOTH_STORES),
    DATABASE_COMMIT_ANSWER_LOST(NetworkFaults::loseDatabaseCommitAnswer, Requirement.BOTH_STORES),
    DATABASE_NETWORK_RESET(NetworkFaults.cut(WorkerStation::toDatabase, true), Requirement.BOTH_STORES),
    DATABASE_NETWORK_CLOSED(NetworkFaults.cut(WorkerStation::toDatabase, false), Requirement.BOTH_STORES),
    DATABASE_NETWORK_HANGS(NetworkFaults.hang(WorkerStation::toDatabase), Requirement.BOTH_STORES),
    DATABASE_NETWORK_SILENT(NetworkFaults.lose(WorkerStation::toDatabase), Requirement.BOTH_STORES),
    DATABASE_NETWORK_FROZEN(NetworkFaults.freeze(WorkerStation::toDatabase), Requirement.BOTH_STORES),
    KAFKA_COMMIT_ANSWER_LOST(NetworkFaults::loseKafkaCommitAnswer, Requirement.BOTH_STORES),
    KAFKA_NETWORK_RESET(NetworkFaults.cut(WorkerStation::toKafka, true), Requirement.BOTH_STORES),
    KAFKA_NETWORK_CLOSED(NetworkFaults.cut(WorkerStation::toKafka, false), Requirement.BOTH_STORES),
    KAFKA_NETWORK_HANGS(NetworkFaults.hang(WorkerStation::toKafka), Requirement.BOTH_STORES),
    KAFKA_NETWORK_SILENT(NetworkFaults.lose(WorkerStation::toKafka), Requirement.BOTH_STORES),
    KAFKA_NETWORK_FROZEN(NetworkFaults.freeze(WorkerStation::toKafka), Requirement.BOTH_STORES);

    /** The outcome of a fault. */
    enum Outcome {
        /** There was nothing to strike: the fault was not announced, and does not count. */
        NOTHING_THERE,
        STRUCK,
        /** It struck a batch that was committed in Postgres and not in Kafka. */
        STRUCK_BETWEEN_COMMITS
    }

    /** Strikes, makes sure that it did, and repairs what does not recover by itself. */
    interface Strike {

        /** @throws FaultDidNotStrikeException if it was announced but did not happen */
        Outcome on(FaultEnvironment scene, Random random) throws Exception;
    }

    private enum Requirement {
        NOTHING,
        BOTH_STORES,
        POSTGRES_AWAY,
        BROKER_AWAY
    }

    private final Strike strike;
    private final Requirement needs;

    Fault(Strike strike, Requirement needs) {
        this.strike = strike;
        this.needs = needs;
    }

    /** Other faults may be in progress, but none that would make this one pointless. */
    Outcome strike(FaultEnvironment scene, Random random) throws Exception {
        if (needs == Requirement.NOTHING) {
            return strike.on(scene, random);
        }
        boolean brokerAway = needs == Requirement.BROKER_AWAY;
        boolean postgresAway = needs == Requirement.POSTGRES_AWAY;
        if (!postgresAway && !scene.tryUseBroker(brokerAway)) {
            return Outcome.NOTHING_THERE;
        }
        try {
            if (!brokerAway && !scene.tryUseDatabase(postgresAway)) {
                return Outcome.NOTHING_THERE;
            }
            try {
                return strike.on(scene, random);
            } finally {
                if (!brokerAway) {
                    scene.databaseUsed(postgresAway);
                }
            }
        } finally {
            if (!postgresAway) {
                scene.brokerUsed(brokerAway);
            }
        }
    }
}
