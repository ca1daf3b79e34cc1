package dev.lockstep.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.decode.schema.Limits;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

class DecoderFaultTest {

    /** Its place is in the log, and the sender is not told to look for a mistake. */
    @Test
    void aBugMakesTheRecordADeadLetterThatBlamesTheWorker() {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("commands", 1, 2, new byte[0], new byte[0]) {
            @Override
            public Headers headers() {
                throw new IllegalStateException("a bug");
            }
        };
        Decoded.Undecodable undecodable = (Decoded.Undecodable) new Decoder(Limits.DEFAULT).decode(record);
        assertThat(undecodable.kind()).isEqualTo(DeadLetterKind.FAULT);
        assertThat(undecodable.reason()).contains("internal error occurred").doesNotContain("a bug");
    }
}
