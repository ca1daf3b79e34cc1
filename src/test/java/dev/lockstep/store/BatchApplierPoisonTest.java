package dev.lockstep.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.RealStores;
import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.BatchState;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.decide.DelegatingDecider;
import dev.lockstep.decide.FaultyDecider;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the database, or a bug in the rules, does to one record does not affect its neighbours. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierPoisonTest {

    private static final int RECORDS = 41;
    private static final List<Integer> POISONED = List.of(0, 17, 18, 40);
    private static final String POISON = "poison-";

    @Inject
    PostgresStore postgres;

    private final String application = "spiked-" + UUID.randomUUID().toString().substring(0, 8);
    private BatchApplierRig rig;

    @BeforeEach
    void set() {
        rig = postgres.rig();
    }

    @AfterEach
    void dropTrigger() {
        postgres.sql("drop trigger if exists spiked on release");
        postgres.sql("drop function if exists refuse_spiked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"22023", "22P05", "23514"})
    void whatTheDatabaseRefusesForItsContentIsUnprocessableAlone(String sqlState) {
        refuse(sqlState);
        List<IncomingRecord> batch = creations();

        List<PartitionOutcome> outcomes = rig.apply(batch);

        assertOnlyThePoisonedAreUnprocessable(batch, outcomes);
        assertThat(AppliedOutput.bytes(rig.apply(batch))).isEqualTo(AppliedOutput.bytes(outcomes));
        assertThat(postgres.number("select count(*) from release where application = '" + application + "'"))
                .isEqualTo(RECORDS - POISONED.size());
    }

    @Test
    void aFaultInJudgingOneRecordAffectsOnlyThatRecord() {
        List<IncomingRecord> batch = creations();
        List<Long> poisoned = POISONED.stream().map(i -> batch.get(i).offset()).toList();

        List<PartitionOutcome> outcomes = rig.apply(batch, Map.of(), faultyAt(poisoned));

        assertOnlyThePoisonedAreUnprocessable(batch, outcomes);
    }

    /** Each kind of record for which not only judging it fails, but also reporting its outcome. */
    @Test
    void whatCannotEvenBeRefusedIsADeadLetterAloneAndLeavesNoTrace() {
        SentCommand first = creation("first");
        rig.apply(rig.receive(List.of(first)));
        SentCommand valid = creation("valid");
        SentCommand unknown =
                new SentCommand("/ci", first.id() + "x", "dev.lockstep.none.v1", first.data(), application, true);
        int elsewhere = (BatchApplierRig.home(application) + 1) % BatchApplierRig.PARTITIONS;
        List<IncomingRecord> faulty = List.of(
                rig.receive(Wire.structured(valid)),
                rig.receive(Wire.structured(first)),
                rig.receive(Wire.structured(unknown)),
                rig.receive(new Wire.Raw(application, Map.of("x", "kept"), "no json".getBytes(UTF_8))),
                rig.receive(creation("misplaced"), elsewhere));
        List<IncomingRecord> fine = rig.receive(List.of(creation("one"), creation("other")));
        List<IncomingRecord> batch =
                Stream.concat(faulty.stream(), fine.stream()).toList();

        List<PartitionOutcome> outcomes =
                rig.apply(batch, Map.of(), new FaultyDecider(rig.decider, faulty::contains, faulty::contains));

        assertThat(faulty).allSatisfy(record -> assertIsOnlyADeadLetter(record, outcomes));
        assertThat(outcomes.stream()
                        .flatMap(outcome -> outcome.outputs().stream())
                        .filter(output -> output.outcome().kind() == RecordOutcome.Kind.DEAD_LETTER))
                .hasSameSizeAs(faulty);
        assertThat(fine).allSatisfy(record -> assertThat(
                        result(record, outcomes).path("outcome").asText())
                .isEqualTo("accepted"));
        assertThat(AppliedOutput.bytes(rig.apply(batch))).isEqualTo(AppliedOutput.bytes(outcomes));
        IncomingRecord again = rig.receive(Wire.structured(valid));
        assertThat(result(again, rig.apply(List.of(again))).path("duplicate").asBoolean())
                .as("its id is free")
                .isFalse();
    }

    private static void assertIsOnlyADeadLetter(IncomingRecord record, List<PartitionOutcome> outcomes) {
        assertThat(outputs(record, outcomes)).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("dead-letters");
            assertThat(letter.key()).isEqualTo(record.origin().key());
            assertThat(letter.value()).isEqualTo(record.origin().value());
            assertThat(letter.headers()).startsWith(record.origin().headers().toArray());
        });
    }

    @Test
    void aFaultInPackingARecordsOutputAffectsOnlyThatRecord() {
        List<IncomingRecord> batch = creations();
        List<Long> poisoned = POISONED.stream().map(i -> batch.get(i).offset()).toList();

        List<PartitionOutcome> outcomes = rig.apply(batch, Map.of(), new DelegatingDecider(rig.decider) {
            @Override
            public RecordOutput decide(IncomingRecord record, BatchState state) {
                RecordOutput output = rig.decider.decide(record, state);
                OutgoingRecord headless = new OutgoingRecord("results", 0, null, null, null, null);
                return poisoned.contains(record.offset())
                        ? new RecordOutput(output.offset(), output.outcome(), List.of(headless))
                        : output;
            }
        });

        assertOnlyThePoisonedAreUnprocessable(batch, outcomes);
    }

    @Test
    void searchingForThePoisonedRecordOmitsNothing() {
        List<IncomingRecord> batch = creations().subList(0, 20);
        List<Long> poisoned = List.of(batch.get(17).offset());
        BatchApplier small = postgres.newBatchApplier(1, 1);

        List<PartitionOutcome> outcomes = new ArrayList<>();
        List<IncomingRecord> rest = batch;
        while (!rest.isEmpty()) {
            BatchOutcome applied = rig.apply(small, rest, faultyAt(poisoned));
            outcomes.addAll(applied.partitions());
            rest = applied.firstDeferred() == null
                    ? List.of()
                    : rest.subList(rest.indexOf(applied.firstDeferred()), rest.size());
        }
        assertThat(outcomes.stream()
                        .flatMap(outcome -> outcome.outputs().stream())
                        .map(RecordOutput::offset))
                .containsExactlyElementsOf(
                        batch.stream().map(IncomingRecord::offset).toList());
    }

    @Test
    void anUnprocessableCommandUsesUpItsId() {
        refuse("22023");
        SentCommand spiked = creation(POISON + "1");
        rig.apply(rig.receive(List.of(spiked)));
        dropTrigger();

        List<IncomingRecord> again = rig.receive(List.of(spiked));
        JsonNode result = result(again.get(0), rig.apply(again));

        assertThat(result.path("duplicate").asBoolean()).isTrue();
        assertThat(result.at("/problem/code").asText()).isEqualTo("UNPROCESSABLE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "40001", "40P01", "53100", "57014"})
    void aTransientErrorIsNotPoisonAndChangesNothing(String sqlState) {
        refuse(sqlState);
        List<IncomingRecord> batch = creations();
        String before = postgres.everything();

        assertThatThrownBy(() -> rig.apply(batch)).satisfies(failure -> assertThat(PostgresErrors.sqlState(failure))
                .isEqualTo(sqlState));
        assertThat(postgres.everything()).isEqualTo(before);

        dropTrigger();
        List<PartitionOutcome> outcomes = rig.apply(batch);
        assertThat(batch).allSatisfy(record -> assertThat(
                        result(record, outcomes).path("outcome").asText())
                .isEqualTo("accepted"));
    }

    /** The application's creation has three environment events; each release adds one more. */
    private void assertOnlyThePoisonedAreUnprocessable(List<IncomingRecord> batch, List<PartitionOutcome> outcomes) {
        int revision = 0;
        for (int i = 0; i < batch.size(); i++) {
            JsonNode result = result(batch.get(i), outcomes);
            if (POISONED.contains(i)) {
                assertThat(result.at("/problem/code").asText()).isEqualTo("UNPROCESSABLE");
                assertThat(outputs(batch.get(i), outcomes))
                        .extracting(OutgoingRecord::topic)
                        .containsExactly("results", "dead-letters");
            } else {
                revision += revision == 0 ? 4 : 1;
                assertThat(result.path("outcome").asText()).isEqualTo("accepted");
            }
            assertThat(result.path("revision").asInt()).isEqualTo(revision);
        }
    }

    private Decider faultyAt(List<Long> offsets) {
        return new FaultyDecider(rig.decider, record -> offsets.contains(record.offset()));
    }

    private List<IncomingRecord> creations() {
        List<SentCommand> commands = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            commands.add(creation((POISONED.contains(i) ? POISON : "fine-") + i));
        }
        return rig.receive(commands);
    }

    private SentCommand creation(String release) {
        JsonNode data = JsonNodeFactory.instance
                .objectNode()
                .put("application", application)
                .put("release", release)
                .put("title", "A title");
        return new SentCommand("/ci", rig.topicId + release, CommandKind.CREATE.type(), data, application, true);
    }

    private void refuse(String sqlState) {
        postgres.sql("create function refuse_spiked() returns trigger language plpgsql as $$ begin"
                + " if new.id like '" + POISON + "%' then raise exception 'spiked' using errcode = tg_argv[0]; end if;"
                + " return new; end $$");
        postgres.sql("create trigger spiked before insert or update on release"
                + " for each row execute function refuse_spiked('" + sqlState + "')");
    }

    private static JsonNode result(IncomingRecord record, List<PartitionOutcome> outcomes) {
        return AppliedOutput.only("results", outputs(record, outcomes));
    }

    private static List<OutgoingRecord> outputs(IncomingRecord record, List<PartitionOutcome> outcomes) {
        return AppliedOutput.byPosition(outcomes).get(AppliedOutput.position(record));
    }
}
