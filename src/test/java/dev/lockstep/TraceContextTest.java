package dev.lockstep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.wire.KafkaHeaders;
import dev.lockstep.wire.TimerDue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

/** The trace of what happens: contract, section 2. */
class TraceContextTest {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private final InMemoryWorker worker = new InMemoryWorker();

    @Test
    void whatTimeMovesIsInTheTraceOfTheCommandThatRequestedIt() {
        worker.send("release.create", "{'application':'shop','release':'1','title':'One'}");
        List<ConsumerRecord<byte[], byte[]>> requested = worker.send(
                "release.deploy",
                "{'application':'shop','release':'1','environment':'staging','notBefore':'" + START.plusSeconds(60)
                        + "'}");
        worker.at(START.plusSeconds(60));
        List<ConsumerRecord<byte[], byte[]>> events = worker
                .send(
                        "shop",
                        "{\"application\":\"shop\"}".getBytes(UTF_8),
                        Map.of(
                                "ce_specversion",
                                "1.0",
                                "ce_id",
                                "timer",
                                "ce_source",
                                "/lockstep",
                                "ce_type",
                                TimerDue.TYPE))
                .stream()
                .filter(record -> record.topic().contains("events"))
                .toList();

        assertThat(events).hasSize(3).allSatisfy(event -> {
            assertThat(header(event, KafkaHeaders.TRACEPARENT))
                    .isNotNull()
                    .isEqualTo(header(requested.get(0), KafkaHeaders.TRACEPARENT));
            assertThat(header(event, KafkaHeaders.TRACESTATE))
                    .isNotNull()
                    .isEqualTo(header(requested.get(0), KafkaHeaders.TRACESTATE));
        });
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }
}
