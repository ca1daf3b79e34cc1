package dev.lockstep.failure;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/** The meaning of a Kafka client's failures. */
public final class KafkaErrors {

    private KafkaErrors() {}

    /** Whether it comes from a Kafka client. */
    public static boolean isFromKafka(Throwable failure) {
        return Causes.chain(failure).anyMatch(KafkaException.class::isInstance);
    }

    /** @return whether Kafka did not answer, or refused */
    public static RetryCause retryCause(Throwable failure) {
        return Causes.chain(failure).anyMatch(RetriableException.class::isInstance)
                ? RetryCause.KAFKA_UNREACHABLE
                : RetryCause.KAFKA_REFUSED;
    }
}
