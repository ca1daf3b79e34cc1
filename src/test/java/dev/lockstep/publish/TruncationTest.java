package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.wire.KafkaHeaders;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class TruncationTest {

    private static final int LIMIT = 100;

    @Test
    void keepsTheBeginningOfTheValueAndSaysHowLongItWas() {
        OutgoingRecord shorter = Truncation.shorten(letter(new byte[10], new byte[1_000]), LIMIT);

        assertThat(shorter.value()).hasSize(LIMIT);
        assertThat(shorter.key()).hasSize(10);
        assertThat(header(shorter, KafkaHeaders.DEAD_LETTER_TRUNCATED)).isEqualTo("1000");
        assertThat(header(shorter, "dead-letter-reason")).isEqualTo("no envelope");
        assertThat(header(shorter, "foreign")).isEqualTo("kept");
    }

    @Test
    void removesMoreEachTimeAndKeepsTheOriginalSizeUntilNothingIsLeft() {
        OutgoingRecord shorter = Truncation.shorten(letter(new byte[1_000], new byte[1_000]), LIMIT);
        assertThat(shorter.key()).hasSize(LIMIT);

        shorter = Truncation.shorten(shorter, LIMIT);
        assertThat(shorter.headers()).extracting(Header::key).doesNotContain("foreign");

        shorter = Truncation.shorten(shorter, LIMIT);
        assertThat(shorter.value()).hasSize(LIMIT / 2);
        assertThat(header(shorter, KafkaHeaders.DEAD_LETTER_TRUNCATED)).isEqualTo("1000");

        int rounds = 0;
        while (shorter.value().length + shorter.key().length > 0) {
            shorter = Truncation.shorten(shorter, LIMIT);
            assertThat(++rounds).isLessThan(20);
        }
        assertThat(Truncation.shorten(shorter, LIMIT)).isNull();
    }

    /** Such as a dead letter that was re-sent unchanged, or one that somebody forged. */
    @Test
    void headersOfTheRecordThatAreCalledLikeTheWorkersGoToo() {
        OutgoingRecord shorter = Truncation.shorten(
                letter(
                        new byte[0],
                        new byte[10],
                        KafkaHeaders.header("dead-letter-reason", "of the first time"),
                        KafkaHeaders.header("dead-letter-truncated", "7"),
                        KafkaHeaders.header("dead-letter-x", "large"),
                        KafkaHeaders.header("dead-letter-reason", "no envelope"),
                        KafkaHeaders.header("dead-letter-offset", "42")),
                LIMIT);

        assertThat(shorter.headers())
                .containsExactly(
                        KafkaHeaders.header("dead-letter-reason", "no envelope"),
                        KafkaHeaders.header("dead-letter-offset", "42"),
                        KafkaHeaders.header("dead-letter-truncated", "10"));
        assertThat(Truncation.shorten(shorter, LIMIT).value()).hasSize(5);
    }

    private static OutgoingRecord letter(byte[] key, byte[] value) {
        return letter(
                key,
                value,
                KafkaHeaders.header("foreign", "kept"),
                KafkaHeaders.header("dead-letter-reason", "no envelope"));
    }

    private static OutgoingRecord letter(byte[] key, byte[] value, Header... headers) {
        return new OutgoingRecord("dlq", 0, key, value, List.of(headers), null);
    }

    private static String header(OutgoingRecord record, String name) {
        return record.headers().stream()
                .filter(header -> header.key().equals(name))
                .map(header -> new String(header.value()))
                .findFirst()
                .orElseThrow();
    }
}
