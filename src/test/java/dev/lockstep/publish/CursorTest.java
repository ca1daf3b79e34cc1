package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CursorTest {

    private static final String TOPIC = "topic-id";
    private static final Map<Integer, Long> ENDS = Map.of(0, 105L);

    private final AtomicInteger asked = new AtomicInteger();
    private final Ownership ownership = new Ownership();
    private final Cursor cursor = new Cursor(new CommittedOffsets(null, "commands") {
        @Override
        Assigned assigned(String group, Set<Integer> partitions) {
            asked.incrementAndGet();
            return new Assigned(TOPIC, Map.of(0, 100L), Map.of(0, 0L), ENDS);
        }
    });

    @Test
    void kafkaIsAskedOnceForAnAssignment() {
        assign();

        assertThat(position().ends()).isEqualTo(ENDS);
        assertThat(position().ends()).isEmpty();
        assertThat(asked).hasValue(1);
    }

    /** A suspicion of lost records wants a second look; without it, it would pass the second time. */
    @Test
    void whatIsInDoubtIsAskedAgain() {
        assign();
        position();

        cursor.forget(Set.of(0));

        assertThat(position().ends()).isEqualTo(ENDS);
        assertThat(position().committed()).isEqualTo(Map.of(0, 100L));
    }

    private void assign() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
            @Override
            public synchronized ConsumerGroupMetadata groupMetadata() {
                return new ConsumerGroupMetadata("group", 3, "member", Optional.empty());
            }
        };
        ownership.onPartitionsAssigned(consumer, List.of(new TopicPartition("commands", 0)));
    }

    private Cursor.Position position() {
        return cursor.position(TOPIC, ownership.snapshot(), Set.of(0)).await().indefinitely();
    }
}
