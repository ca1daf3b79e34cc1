package dev.lockstep.failure;

/** Why an attempt failed and is retried: few enough values to use as a metric label. */
public enum RetryCause {
    /** Postgres cannot be reached, or the connection broke. */
    DATABASE_UNREACHABLE,
    /** A statement or a lock took longer than it may. */
    DATABASE_TIMEOUT,
    /** Postgres refused the request: a full disk, read-only, too many connections, a missing privilege. */
    DATABASE_REFUSED,
    /** Another worker changed the same rows. */
    CONFLICT,
    /** The stores disagree about what was done. */
    DATA_LOSS,
    /** A newer version has written data that this one cannot read. */
    NEWER_FORMAT,
    /** Kafka cannot be reached, or does not answer in time. */
    KAFKA_UNREACHABLE,
    /** Kafka refused the request: too few in-sync replicas, a missing topic or privilege. */
    KAFKA_REFUSED,
    /** A topic rejects a record because of its properties: too large, too old. */
    RECORD_REFUSED,
    /** The consumer group rebalances, or this worker is no member of it. */
    REBALANCE,
    /** It is not known whether a Kafka transaction was committed; that is settled first. */
    COMMIT_UNKNOWN,
    /** A topic, or an installation, is not as the worker needs it. */
    UNSUITABLE,
    /** Anything else. */
    OTHER
}
