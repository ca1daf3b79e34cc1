package dev.lockstep.store;

import static dev.lockstep.store.BatchApplierRig.TOPICS;
import static dev.lockstep.store.BatchApplierRig.home;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.RealStores;
import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.database.PostgresErrors;
import dev.lockstep.decide.FaultyDecider;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics that grow from three partitions to six: which application lives where, and what happens to commands elsewhere. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierGrowthTest {

    private static final int BEFORE = BatchApplierRig.PARTITIONS;
    private static final int AFTER = 6;
    private static final String NOW = "now()";

    @Inject
    PostgresStore postgres;

    @Inject
    AgroalDataSource database;

    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final String application = name("shop", name -> before(name) != after(name) && after(name) > before(name));
    private final int before = before(application);
    private final int after = after(application);
    private BatchApplierRig rig;
    private int ids;

    @BeforeEach
    void setUp() {
        postgres.rig();
        rig = new BatchApplierRig(postgres, "commands-" + run);
    }

    @Test
    void anApplicationStaysWhereItWasCreated() {
        apply(creation("1.0"), before);
        rig.grow(AFTER, NOW);

        assertMoved(apply(creation("2.0"), after), before);
        assertAccepted(apply(creation("2.0"), before), before);
    }

    @Test
    void oneFromBeforeHomesWereStoredLivesWhereTheFirstCountPutsIt() {
        apply(creation("1.0"), before);
        postgres.sql("update application set home = null where id = '" + application + "'");
        rig.grow(AFTER, NOW);

        assertMoved(apply(creation("2.0"), after), before);
        assertAccepted(apply(creation("2.0"), before), before);
        assertThat(row("coalesce(home, -1), format")).isEqualTo("(-1,1)");
    }

    @Test
    void anApplicationCreatedAfterwardsIsFoundByTheNewCount() {
        rig.grow(AFTER, NOW);

        assertMoved(apply(creation("1.0"), before), after);
        assertAccepted(apply(creation("1.0"), after), after);
        assertMoved(apply(deployment("1.0"), before), after);
        assertAccepted(apply(deployment("1.0"), after), after);
        assertThat(row("home, format")).as("no older version may touch it").isEqualTo("(" + after + ",2)");
    }

    @Test
    void howeverOftenTheTopicsGrowEachStaysWhereItIs() {
        rig.grow(AFTER, NOW);
        apply(creation("1.0"), after);
        rig.grow(2 * AFTER, NOW);
        String newest = name("newest", name -> home(name, 2 * AFTER) >= AFTER);

        assertAccepted(apply(creation("2.0"), after), after);
        assertAccepted(apply(creation(newest, "1.0"), home(newest, 2 * AFTER)), home(newest, 2 * AFTER));
    }

    @Test
    void aGrowthThatIsYetToTakeEffectChangesNothing() {
        rig.grow(AFTER, "now() + interval '1 hour'");

        assertMoved(apply(creation("1.0"), after), before);
        assertAccepted(apply(creation("1.0"), before), before);
        assertThat(row("home, format")).isEqualTo("(" + before + ",1)");
    }

    @Test
    void whatAMovedCommandNamesIsReadOnlyAtItsHome() {
        apply(creation("1.0"), before);
        rig.grow(AFTER, NOW);
        BatchApplier small = postgres.newBatchApplier(1, Long.MAX_VALUE);
        String other = name("other", name -> after(name) == after);
        apply(creation(other, "1.0"), after);
        List<IncomingRecord> batch = List.of(
                rig.receive(definition(other), after),
                rig.receive(definition(application), after),
                rig.receive(definition(other), after));

        BatchOutcome applied = rig.apply(small, batch, rig.decider);

        assertThat(applied.firstDeferred())
                .as("two pipelines of one application count once")
                .isNull();
        assertMoved(AppliedOutput.byPosition(applied.partitions()).get(AppliedOutput.position(batch.get(1))), before);
    }

    @Test
    void commandsOfOneBatchMeetAtTheHomeOfAnApplicationCreatedByTheBatch() {
        rig.grow(AFTER, NOW);
        List<IncomingRecord> batch = List.of(
                rig.receive(creation("1.0"), after),
                rig.receive(deployment("1.0"), before),
                rig.receive(creation("2.0"), after));

        Map<List<Long>, List<OutgoingRecord>> told = AppliedOutput.byPosition(rig.apply(batch));

        assertAccepted(told.get(AppliedOutput.position(batch.get(0))), after);
        assertMoved(told.get(AppliedOutput.position(batch.get(1))), after);
        assertAccepted(told.get(AppliedOutput.position(batch.get(2))), after);
    }

    @Test
    void ifTwoCreateAnApplicationInTwoPartitionsTheSecondRetriesAndMovesItsCommand() throws Exception {
        rig.grow(AFTER, NOW);
        IncomingRecord second = rig.receive(creation("2.0"), after);
        try (Connection first = database.getConnection()) {
            first.setAutoCommit(false);
            first.createStatement()
                    .execute("insert into application (id, revision, releases, state, home) values ('" + application
                            + "', 4, 0, '{\"pipeline\":[],\"environments\":[]}', " + before + ")");
            CompletableFuture<?> racing = CompletableFuture.runAsync(() -> rig.apply(List.of(second)));
            await().until(() ->
                    postgres.number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == 1);
            first.commit();

            assertThatThrownBy(racing::join)
                    .isInstanceOf(CompletionException.class)
                    .satisfies(failure ->
                            assertThat(PostgresErrors.sqlState(failure)).isEqualTo("23505"));
        }
        assertMoved(AppliedOutput.byPosition(rig.apply(List.of(second))).get(AppliedOutput.position(second)), before);
    }

    @Test
    void aCommandThatIsSentAgainElsewhereIsADuplicateAtHome() {
        SentCommand sent = creation("1.0");
        apply(sent, before);
        rig.grow(AFTER, NOW);

        assertMoved(apply(sent, after), before);
        List<OutgoingRecord> again = apply(sent, before);

        assertThat(AppliedOutput.only(TOPICS.results(), again).path("duplicate").asBoolean())
                .isTrue();
    }

    @Test
    void aBatchThatIsHalvedForAPoisonedRecordMovesTheSame() {
        apply(creation("1.0"), before);
        rig.grow(AFTER, NOW);
        String fresh = name("fresh", name -> after(name) == after);
        List<IncomingRecord> batch = List.of(
                rig.receive(creation(fresh, "1.0"), after),
                rig.receive(creation("2.0"), after),
                rig.receive(deployment(fresh, "1.0"), after),
                rig.receive(creation("3.0"), after),
                rig.receive(creation(fresh, "2.0"), after));
        long poisoned = batch.get(2).offset();

        Map<List<Long>, List<OutgoingRecord>> told =
                AppliedOutput.byPosition(rig.apply(batch, Map.of(), faultyAt(poisoned)));

        assertAccepted(told.get(AppliedOutput.position(batch.get(0))), after);
        assertMoved(told.get(AppliedOutput.position(batch.get(1))), before);
        assertThat(AppliedOutput.only(TOPICS.results(), told.get(AppliedOutput.position(batch.get(2))))
                        .at("/problem/code")
                        .asText())
                .isEqualTo("UNPROCESSABLE");
        assertMoved(told.get(AppliedOutput.position(batch.get(3))), before);
        assertAccepted(told.get(AppliedOutput.position(batch.get(4))), after);
    }

    @Test
    void aRecordTreatedAsPoisonedIsStillMoved() {
        apply(creation("1.0"), before);
        rig.grow(AFTER, NOW);
        IncomingRecord lying = rig.receive(creation("2.0"), after);

        Decider faulty = new FaultyDecider(rig.decider, record -> true);

        assertMoved(
                AppliedOutput.byPosition(rig.apply(List.of(lying), Map.of(), faulty))
                        .get(AppliedOutput.position(lying)),
                before);
    }

    @Test
    void aRefusedRequestBelongsWhereItsKeyDoes() {
        apply(creation("1.0"), before);
        rig.grow(AFTER, NOW);
        String nobody = name("nobody", name -> before(name) != after(name));

        assertMoved(apply(refused(application), after), before);
        assertRefused(apply(refused(application), before), before);
        assertMoved(apply(refused(nobody), before(nobody)), after(nobody));
        assertRefused(apply(refused(nobody), after(nobody)), after(nobody));
    }

    @Test
    void theResultOfAForeignKeyGoesToTheApplicationsHome() {
        apply(creation("1.0"), before);
        rig.grow(AFTER, NOW);
        String key = "no/application-" + run;
        SentCommand foreign = keyed(creation("2.0"), key);

        assertMoved(apply(foreign, (home(key, AFTER) + 1) % AFTER), home(key, AFTER));
        assertRefused(apply(foreign, home(key, AFTER)), before);
        assertRefused(apply(keyed(creation("2.0"), null), AFTER), before);
    }

    /** The commands topic may have partitions that the others do not yet have. */
    @Test
    void aResultWithoutKeyAndApplicationGoesWhereAllTopicsHavePartitions() {
        SentCommand nameless = new SentCommand(
                "/ci", "n-" + ids++, CommandKind.CREATE.type(), JsonNodeFactory.instance.objectNode(), null, false);

        assertRefused(apply(nameless, BEFORE + 1), 1);
    }

    private List<OutgoingRecord> apply(SentCommand sent, int partition) {
        IncomingRecord record = rig.receive(sent, partition);
        return AppliedOutput.byPosition(rig.apply(List.of(record))).get(AppliedOutput.position(record));
    }

    private static void assertMoved(List<OutgoingRecord> records, int home) {
        assertThat(records).singleElement().satisfies(moved -> {
            assertThat(moved.topic()).isEqualTo(TOPICS.commands());
            assertThat(moved.partition()).isEqualTo(home);
        });
    }

    private static void assertAccepted(List<OutgoingRecord> records, int home) {
        assertThat(AppliedOutput.only(TOPICS.results(), records).path("outcome").asText())
                .isEqualTo("accepted");
        assertThat(records)
                .extracting(OutgoingRecord::topic)
                .contains(TOPICS.results(), TOPICS.events(), TOPICS.releaseStatus());
        assertThat(records).allSatisfy(record -> assertThat(record.partition()).isEqualTo(home));
    }

    private static void assertRefused(List<OutgoingRecord> records, int partition) {
        assertThat(records).singleElement().satisfies(result -> {
            assertThat(result.topic()).isEqualTo(TOPICS.results());
            assertThat(result.partition()).isEqualTo(partition);
        });
    }

    private Decider faultyAt(long offset) {
        return new FaultyDecider(rig.decider, record -> record.offset() == offset);
    }

    private SentCommand creation(String release) {
        return creation(application, release);
    }

    private SentCommand creation(String application, String release) {
        return sent(CommandKind.CREATE, application, data(application, release).put("title", "A title"));
    }

    private SentCommand deployment(String release) {
        return deployment(application, release);
    }

    private SentCommand deployment(String application, String release) {
        return sent(CommandKind.DEPLOY, application, data(application, release));
    }

    private SentCommand definition(String application) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("application", application);
        data.withArray("environments").addObject().put("id", "development");
        data.withArray("environments").addObject().put("id", "live-" + ids);
        return sent(CommandKind.DEFINE, application, data);
    }

    /** A command of an unknown type, which is refused before it is judged. */
    private SentCommand refused(String application) {
        return new SentCommand(
                "/ci", run + ids++, "dev.lockstep.release.promote.v1", data(application, "1.0"), application, true);
    }

    private SentCommand keyed(SentCommand sent, String key) {
        return new SentCommand(sent.source(), sent.id(), sent.type(), sent.data(), key, true);
    }

    private SentCommand sent(CommandKind kind, String application, ObjectNode data) {
        return new SentCommand("/ci", run + ids++, kind.type(), data, application, true);
    }

    private static ObjectNode data(String application, String release) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("application", application)
                .put("release", release);
    }

    private String row(String columns) {
        return postgres.text("select (" + columns + ") from application where id = '" + application + "'");
    }

    private String name(String prefix, Predicate<String> wanted) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> prefix + "-" + run + "-" + i)
                .filter(wanted)
                .findFirst()
                .orElseThrow();
    }

    private static int before(String application) {
        return home(application, BEFORE);
    }

    private static int after(String application) {
        return home(application, AFTER);
    }
}
