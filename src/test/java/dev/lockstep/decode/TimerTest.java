package dev.lockstep.decode;

import static dev.lockstep.decode.Records.TIMER;
import static dev.lockstep.decode.Records.binary;
import static dev.lockstep.decode.Records.decode;
import static dev.lockstep.decode.Records.structured;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.decode.Decoded.EchoedFields;
import dev.lockstep.decode.Decoded.Timer;
import dev.lockstep.decode.Decoded.Undecodable;
import dev.lockstep.decode.Records.Builder;
import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.decode.schema.CommandType;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.domain.common.Attribution;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worker's message to itself (contract, section 3, "Timers"). */
class TimerTest {

    private static final String DATA = "{'application':'shop'}";

    @Test
    void itIsReadInBothModesAndIsNoCommand() {
        for (Builder record : List.of(binary(TIMER, DATA), structured(TIMER, DATA))) {
            Decoded decoded = decode(record.build());

            assertThat(decoded).isEqualTo(new Timer(new Envelope("c-1", "/ci", TIMER, null, null), "shop"));
            assertThat(((Timer) decoded).echoedFields())
                    .isEqualTo(new EchoedFields(null, null, new Attribution(null, null, "c-1", null)));
        }
        assertThat(CommandType.forTypeName(TIMER)).isNull();
    }

    @Test
    void itIsRoutedToItsApplicationsHomeAndUsesUpNoId() {
        ConsumerRecord<byte[], byte[]> origin = binary(TIMER, DATA).build();
        IncomingRecord record = IncomingRecord.of(origin, decode(origin));

        assertThat(record.keyApplication()).isEqualTo("shop");
        assertThat(record.application()).isEqualTo("shop");
        assertThat(record.idempotencyKey()).isNull();
        assertThat(record.command()).isNull();
    }

    static Stream<Builder> unreadable() {
        return Stream.of(
                binary(TIMER, "{}"),
                binary(TIMER, "[]"),
                binary(TIMER, "{'application':'sh op'}"),
                binary(TIMER, "{'application':'shop','application':'shop'}"),
                binary(TIMER, "{'application':'shop','release':'1'}"),
                binary(TIMER, "{'application':'shop','dryRun':true}"),
                binary(TIMER, "{'application':'shop'"),
                binary(TIMER, "{'application':'shop'} {}"),
                binary(TIMER, null),
                structured(TIMER, "null"),
                structured(TIMER, "'shop'"),
                binary(TIMER, DATA).key(null),
                binary(TIMER, DATA).key(""),
                binary(TIMER, DATA).key("till"),
                binary(TIMER, DATA).key("\"shop\""),
                binary(TIMER, DATA).header("ce_source", "not a uri"),
                binary(TIMER, DATA).header("ce_id", "i".repeat(257)),
                binary(TIMER, DATA).header("content-type", "text/plain"),
                binary(TIMER, DATA).header("ce_application", "shop"));
    }

    @ParameterizedTest
    @MethodSource
    void unreadable(Builder record) {
        assertThat(decode(record.build())).isInstanceOfSatisfying(Undecodable.class, undecodable -> {
            assertThat(undecodable.kind()).isEqualTo(DeadLetterKind.INVALID_TIMER);
            assertThat(undecodable.reason()).hasSizeBetween(1, Limits.DETAIL).doesNotContain("till", "sh op");
        });
    }
}
