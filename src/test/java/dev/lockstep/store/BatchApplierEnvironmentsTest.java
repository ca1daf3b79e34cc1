package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to environments that leave the pipeline: nothing remains, or a row of their own with which they come back. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierEnvironmentsTest {

    @Inject
    PostgresStore postgres;

    private final String application = "shop-" + UUID.randomUUID();
    private BatchApplierRig rig;
    private int sent;

    @BeforeEach
    void set() {
        rig = postgres.rig();
        create("1");
    }

    @Test
    void anApplicationsRowDoesNotGrowWithTheEnvironmentsItOnceHad() {
        long before = rowLength();
        for (int round = 0; round < 20; round++) {
            String prefix = "preview-" + round + "-";
            define(Stream.concat(
                            Stream.of("development"), IntStream.range(0, 19).mapToObj(i -> prefix + i))
                    .toArray(String[]::new));
        }
        define("development", "staging", "production");

        assertThat(rowLength()).isLessThanOrEqualTo(before + 20);
        assertThat(dropped()).isZero();
    }

    @Test
    void oneInWhichSomethingHappenedComesBackWithItsLine() {
        create("2");
        deploy("1", "staging");
        deploy("2", "staging");
        emptyAndDropStaging();
        assertThat(dropped()).isEqualTo(1);
        assertThat(format()).isEqualTo(3);
        assertThat(row()).doesNotContain("staging");

        deploy("2", "production");
        define("development", "staging", "production");
        deploy("2", "staging");
        accepted(CommandKind.ROLLBACK, data().put("environment", "staging"));

        assertThat(postgres.text("select state::jsonb->'environments'" + ofApplication()))
                .contains("\"end\": \"1\"");
        assertThat(dropped()).isZero();
        assertThat(format()).isEqualTo(1);
    }

    @Test
    void whatWasStoredByAnOlderVersionIsDividedWhenItIsNextWritten() {
        deploy("1", "staging");
        emptyAndDropStaging();
        String asBefore = postgres.text("select jsonb_set(jsonb_set(state::jsonb - 'dropped', '{environments,9}',"
                + " (select e.state::jsonb || '{\"id\":\"staging\"}' from environment e where e.application = a.id)),"
                + " '{environments,9}', '{\"id\":\"unused\",\"former\":[],\"length\":0}')" + ofApplication());
        assertThat(asBefore).contains("unused").contains("\"staging\"");
        postgres.sql("update application set format = 1, state = '" + asBefore + "' where id = '" + application + "'");
        postgres.sql("delete from environment where application = '" + application + "'");

        create("2");

        assertThat(row()).doesNotContain("staging").doesNotContain("unused");
        assertThat(dropped()).isEqualTo(1);
        assertThat(format()).isEqualTo(3);
        define("development", "staging", "production");
        assertThat(row()).contains("lastDeployment");
        assertThat(dropped()).isZero();
    }

    @Test
    void oneThatANewerVersionHasWrittenDoesNotComeBackInThisOne() {
        deploy("1", "staging");
        emptyAndDropStaging();
        postgres.sql("update environment set format = 99 where application = '" + application + "'");

        assertThatThrownBy(() -> define("development", "staging", "production"))
                .isInstanceOf(NewerFormatException.class)
                .hasMessageContaining("table environment");
    }

    private void emptyAndDropStaging() {
        accepted(CommandKind.UNDEPLOY, data().put("environment", "staging"));
        define("development", "production");
    }

    private void create(String release) {
        accepted(CommandKind.CREATE, data().put("release", release).put("title", "A title"));
    }

    private void deploy(String release, String environment) {
        accepted(CommandKind.DEPLOY, data().put("release", release).put("environment", environment));
    }

    private void define(String... environments) {
        ObjectNode data = data();
        for (String environment : environments) {
            data.withArray("environments").addObject().put("id", environment);
        }
        accepted(CommandKind.DEFINE, data);
    }

    private ObjectNode data() {
        return JsonNodeFactory.instance.objectNode().put("application", application);
    }

    /** In a batch of its own. */
    private void accepted(CommandKind kind, JsonNode data) {
        SentCommand command = new SentCommand("/ci", rig.topicId + sent++, kind.type(), data, application, true);
        List<IncomingRecord> batch = rig.receive(List.of(command));
        JsonNode result = AppliedOutput.only(
                "results", AppliedOutput.byPosition(rig.apply(batch)).get(AppliedOutput.position(batch.get(0))));
        assertThat(result.path("outcome").asText()).as("%s", result).isEqualTo("accepted");
    }

    private long rowLength() {
        return postgres.number("select length(state)" + ofApplication());
    }

    private String row() {
        return postgres.text("select state" + ofApplication());
    }

    private long format() {
        return postgres.number("select format" + ofApplication());
    }

    private long dropped() {
        return postgres.number("select count(*) from environment where application = '" + application + "'");
    }

    private String ofApplication() {
        return " from application a where id = '" + application + "'";
    }
}
