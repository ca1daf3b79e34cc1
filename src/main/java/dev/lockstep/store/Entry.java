package dev.lockstep.store;

import dev.lockstep.domain.Command;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One record of the commands topic, as far as the store must know it. */
public interface Entry {

    ConsumerRecord<byte[], byte[]> origin();

    /** @return the idempotency key, or null for a record that takes none */
    UUID key();

    /** @return the command, or null for a record that is none, or none that the rules judge */
    Command command();

    /** @return the application it names, or null; its revision is told even when there is no command to judge */
    String application();

    /** @return the application that the record's key names, or null: the record belongs where that lives */
    String keyedBy();

    default int partition() {
        return origin().partition();
    }

    default long offset() {
        return origin().offset();
    }
}
