package dev.lockstep.faults;

import java.util.Random;

/** What goes wrong on purpose. */
enum Fault {
    KILL(OnWorkers::kill, Needs.NOTHING),
    KILL_BETWEEN_COMMITS(OnWorkers::killBetweenCommits, Needs.BOTH_STORES),
    KILL_AFTER_COMMITS(OnWorkers::killAfterCommits, Needs.BOTH_STORES),
    RECORDS_DELETED(OnWorkers::killAndDeleteRecords, Needs.BOTH_STORES),
    ZOMBIE(OnWorkers::pause, Needs.BOTH_STORES),
    ZOMBIE_BETWEEN_COMMITS(OnWorkers::pauseBetweenCommits, Needs.BOTH_STORES),
    ZOMBIE_IN_TRANSACTION(OnWorkers::pauseInTransaction, Needs.BOTH_STORES),
    ROLLING_UPDATE(OnWorkers::rollingUpdate, Needs.NOTHING),
    ADD_WORKER(OnWorkers::add, Needs.BOTH_STORES),
    REMOVE_WORKER(OnWorkers::remove, Needs.NOTHING),
    POSTGRES_CRASH(OnStores::crashPostgres, Needs.POSTGRES_AWAY),
    BROKER_RESTART(OnStores::restartBroker, Needs.BROKER_AWAY),
    TOPIC_GROWN(OnStores::growTopics, Needs.BOTH_STORES),
    WRITES_REFUSED(OnStores::refuseWrites, Needs.BOTH_STORES),
    OUTPUTS_REFUSED(OnStores::refuseOutputs, Needs.BOTH_STORES),
    FOREIGN_GROUP_MEMBER(OnWorkers::letAForeignMemberIn, Needs.BOTH_STORES),
    DATABASE_CONNECTIONS_ENDED(OnStores::endDatabaseConnections, Needs.BOTH_STORES),
    DATABASE_COMMIT_ANSWER_LOST(OnNetwork::loseDatabaseCommitAnswer, Needs.BOTH_STORES),
    DATABASE_NETWORK_RESET(OnNetwork.cut(Station::toDatabase, true), Needs.BOTH_STORES),
    DATABASE_NETWORK_CLOSED(OnNetwork.cut(Station::toDatabase, false), Needs.BOTH_STORES),
    DATABASE_NETWORK_HANGS(OnNetwork.hang(Station::toDatabase), Needs.BOTH_STORES),
    DATABASE_NETWORK_SILENT(OnNetwork.lose(Station::toDatabase), Needs.BOTH_STORES),
    DATABASE_NETWORK_FROZEN(OnNetwork.freeze(Station::toDatabase), Needs.BOTH_STORES),
    KAFKA_COMMIT_ANSWER_LOST(OnNetwork::loseKafkaCommitAnswer, Needs.BOTH_STORES),
    KAFKA_NETWORK_RESET(OnNetwork.cut(Station::toKafka, true), Needs.BOTH_STORES),
    KAFKA_NETWORK_CLOSED(OnNetwork.cut(Station::toKafka, false), Needs.BOTH_STORES),
    KAFKA_NETWORK_HANGS(OnNetwork.hang(Station::toKafka), Needs.BOTH_STORES),
    KAFKA_NETWORK_SILENT(OnNetwork.lose(Station::toKafka), Needs.BOTH_STORES),
    KAFKA_NETWORK_FROZEN(OnNetwork.freeze(Station::toKafka), Needs.BOTH_STORES);

    /** What came of it. */
    enum Outcome {
        /** There was nothing to strike: it was not announced, and does not count. */
        NOTHING_THERE,
        STRUCK,
        /** It struck a batch that was committed in Postgres and not in Kafka. */
        STRUCK_BETWEEN_COMMITS
    }

    /** Strikes, sees to it that it did, and puts right again what would not by itself. */
    interface Strike {

        /** @throws DidNotStrike when it was announced and did not */
        Outcome on(Scene scene, Random random) throws Exception;
    }

    private enum Needs {
        NOTHING,
        BOTH_STORES,
        POSTGRES_AWAY,
        BROKER_AWAY
    }

    private final Strike strike;
    private final Needs needs;

    Fault(Strike strike, Needs needs) {
        this.strike = strike;
        this.needs = needs;
    }

    /** Other faults may be under way, but none that would make this one pointless. */
    Outcome strike(Scene scene, Random random) throws Exception {
        if (needs == Needs.NOTHING) {
            return strike.on(scene, random);
        }
        boolean brokerAway = needs == Needs.BROKER_AWAY;
        boolean postgresAway = needs == Needs.POSTGRES_AWAY;
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
