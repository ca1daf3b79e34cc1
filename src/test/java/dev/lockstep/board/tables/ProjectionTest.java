package dev.lockstep.board.tables;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.InMemoryWorker;
import dev.lockstep.wire.KafkaHeaders;
import dev.lockstep.wire.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Records that no worker wrote, or that come in another order. */
class ProjectionTest {

    private final Projection projection = new Projection(InMemoryWorker.TOPICS);
    private long offset;

    @Test
    void theHighestRevisionCountsWhateverIsReadTogether() {
        status("shop", 55);
        status("shop", 1);
        status("shop", 54);

        assertThat(projection.status().applications())
                .extracting(Rows.BoardApplicationRow::revision)
                .containsExactly(55L);
    }

    /** Parsed, it may take a hundred times its size. */
    @Test
    void whatNoWorkerCanHavePublishedIsNotParsed() {
        String more = "{},".repeat(4 * Topics.MAX_OUTPUT_RECORD_BYTES / 3) + "{}";
        apply(
                InMemoryWorker.TOPICS.applicationStatus(),
                "shop",
                "{\"application\":\"shop\",\"revision\":1,\"archived\":false,\"more\":[" + more + "]}");

        assertThat(projection.changesNothing()).isTrue();
        assertThat(projection.progress())
                .extracting(Rows.ProgressRow::nextOffset)
                .containsExactly(1L);
    }

    @Test
    void aTimeThatNobodyCanShowIsNone() {
        result("+1000000-01-01T00:00:00Z");
        result("1969-12-31T23:59:59Z");
        assertThat(projection.history().activities()).isEmpty();

        result("2026-01-01T00:00:00Z");
        assertThat(projection.history().activities()).hasSize(1);
    }

    @Test
    void anEnvironmentShowsWhatRanThereBefore() {
        InMemoryWorker worker = new InMemoryWorker();
        worker.send("release.create", "{'application':'shop','release':'1','title':'One'}");
        worker.send("release.deploy", "{'application':'shop','release':'1'}");
        worker.send("release.undeploy", "{'application':'shop','environment':'staging'}");
        worker.out().forEach(projection::apply);

        assertThat(projection.status().environments())
                .filteredOn(row -> row.id().equals("staging"))
                .extracting(Rows.BoardEnvironmentRow::current, Rows.BoardEnvironmentRow::previous)
                .containsExactly(tuple(null, "1"));
    }

    private void status(String application, int revision) {
        apply(
                InMemoryWorker.TOPICS.applicationStatus(),
                application,
                "{\"application\":\"%s\",\"revision\":%d,\"archived\":false}".formatted(application, revision));
    }

    private void result(String time) {
        ConsumerRecord<byte[], byte[]> record = record(InMemoryWorker.TOPICS.results(), "shop", """
                {"application":"shop","commandId":"1","commandSource":"/ci","commandType":"t","outcome":"accepted",
                 "revision":1,"duplicate":false}""");
        record.headers().add(KafkaHeaders.header("ce_time", time));
        projection.apply(record);
    }

    private void apply(String topic, String key, String value) {
        projection.apply(record(topic, key, value));
    }

    private ConsumerRecord<byte[], byte[]> record(String topic, String key, String value) {
        return new ConsumerRecord<>(topic, 0, offset++, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
