package dev.lockstep.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.wire.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class ForwardedRecordsTest {

    private final ForwardedRecords forwardedRecords = new ForwardedRecords(
            new Topics("commands", "results", "events", "releases", "deployments", "applications", "letters"));
    private final ConsumerRecord<byte[], byte[]> record =
            new ConsumerRecord<>("commands", 3, 7, bytes("key"), bytes("no"));

    ForwardedRecordsTest() {
        record.headers()
                .add("x", bytes("1"))
                .add("Authorization", bytes("Bearer 42"))
                .add("authorization", null)
                .add("x", bytes("2"));
    }

    @Test
    void aDeadLetterHasAllHeadersButAuthorization() {
        assertThat(forwardedRecords.deadLetter(record, "no JSON").headers())
                .extracting(Header::key)
                .containsExactly(
                        "x",
                        "x",
                        "dead-letter-reason",
                        "dead-letter-topic",
                        "dead-letter-partition",
                        "dead-letter-offset");
    }

    @Test
    void aMovedCommandHasAllOfThem() {
        OutgoingRecord moved = forwardedRecords.moved(record, 1);
        assertThat(moved.headers()).containsExactly(record.headers().toArray());
        assertThat(moved.value()).isSameAs(record.value());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
