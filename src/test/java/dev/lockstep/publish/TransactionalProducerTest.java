package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.batch.OutgoingRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What no real broker can be made to do at the right moment. */
class TransactionalProducerTest {

    private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS =
            Map.of(new TopicPartition("commands", 0), new OffsetAndMetadata(1));
    private static final ConsumerGroupMetadata GROUP = new ConsumerGroupMetadata("group");

    private final List<MockProducer<byte[], byte[]>> made = new ArrayList<>();
    private final TransactionalProducer producer = new TransactionalProducer(
            () -> {
                made.add(new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()));
                return made.get(made.size() - 1);
            },
            0,
            failure -> {});

    /** The client keeps offsets that it has not sent, and would send them with those of its next transaction. */
    @Test
    void aClientWhoseOffsetsWereRefusedIsNeverUsedAgain() {
        producer.open();
        made.get(0).sendOffsetsToTransactionException = new CommitFailedException();

        assertThatThrownBy(this::commit).isInstanceOf(NotCommittedException.class);
        assertThat(made.get(0).transactionAborted()).isTrue();
        assertThat(made.get(0).closed()).isTrue();

        producer.open();
        commit();
        assertThat(made).hasSize(2);
        assertThat(made.get(1).consumerGroupOffsetsHistory()).hasSize(1);
        assertThat(made.get(1).history()).hasSize(1);
    }

    @Test
    void theOffsetsFollowTheRecordsThatWereTaken() {
        producer.open();
        made.get(0).sendException = new IllegalStateException("refused");

        assertThatThrownBy(this::commit).isInstanceOf(NotCommittedException.class);
        assertThat(made.get(0).sentOffsets()).isFalse();
        assertThat(made.get(0).closed()).isFalse();
    }

    private void commit() {
        OutgoingRecord record = new OutgoingRecord("results", 0, new byte[0], new byte[0], List.of(), null);
        producer.commit(send -> send.accept(record), outgoing -> false, OFFSETS, GROUP);
    }
}
