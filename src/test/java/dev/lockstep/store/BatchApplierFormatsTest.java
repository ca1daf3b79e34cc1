package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.RealStores;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import dev.lockstep.store.format.NewerFormatException;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a newer version has written is neither read nor overwritten. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierFormatsTest {

    @Inject
    PostgresStore postgres;

    private final String application = "app-" + UUID.randomUUID();

    @ParameterizedTest
    @CsvSource({"application, id", "release, application"})
    void aRowOfANewerFormatStopsTheBatchAndStaysAsItIs(String table, String column) {
        BatchApplierRig rig = postgres.rig();
        rig.apply(rig.receive(List.of(sent(CommandKind.CREATE, "title"))));
        String where = " where " + column + " = '" + application + "'";
        postgres.sql("update " + table + " set format = 99" + where);
        String before = postgres.text("select t::text from " + table + " t" + where);

        List<IncomingRecord> more = rig.receive(List.of(sent(CommandKind.DEPLOY, "reason")));

        assertThatThrownBy(() -> rig.apply(more))
                .isInstanceOf(NewerFormatException.class)
                .hasMessageContaining("table " + table)
                .hasMessageContaining("format 99");
        assertThat(postgres.text("select t::text from " + table + " t" + where)).isEqualTo(before);
    }

    @Test
    void whatIsStoredToBePublishedAgainSaysItsFormat() {
        BatchApplierRig rig = postgres.rig();
        List<IncomingRecord> batch = rig.receive(List.of(sent(CommandKind.CREATE, "title")));
        rig.apply(batch);
        postgres.sql("update outbox set format = 99 where topic_id = '" + rig.topicId + "'");

        assertThatThrownBy(() -> rig.apply(batch))
                .isInstanceOf(NewerFormatException.class)
                .hasMessageContaining("table outbox");
    }

    private SentCommand sent(CommandKind kind, String text) {
        return new SentCommand(
                "/ci",
                UUID.randomUUID().toString(),
                kind.type(),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("application", application)
                        .put("release", "1.0")
                        .put(text, "A text"),
                application,
                true);
    }
}
