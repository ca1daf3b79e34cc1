package dev.lockstep.store;

import static dev.lockstep.store.BatchApplierAgainstModelTest.applications;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.RealStores;
import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.decide.DelegatingDecider;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.release.Release;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import dev.lockstep.store.format.NewerFormatException;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application with more releases than may be in memory at once is processed in pages when all of them change. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierPagesTest {

    /** Used by no other test: commands to applications that never exist have the same keys for the same seed. */
    private static final int FIRST_SEED = 7_001;

    private static final int SEQUENCES = 2;
    private static final int COMMANDS = 400;
    private static final int LARGEST_BATCH = 40;
    private static final int MAX_LOADED = 3;
    private static final int PAGE = 2;

    @Inject
    PostgresStore postgres;

    private final String application = "huge-" + UUID.randomUUID();
    private BatchApplierRig rig;
    private BatchApplier batchApplier;
    private int sent;

    @BeforeEach
    void set() {
        rig = postgres.rig();
        batchApplier = postgres.newBatchApplier(MAX_LOADED, Long.MAX_VALUE, PAGE);
    }

    @Test
    void pagedOutputAgreesWithTheModelAndIsReproducedByteForByte() {
        long pages = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES; seed++) {
            pages += sequence(seed);
        }
        assertThat(pages).isGreaterThan(20);
    }

    private long sequence(long seed) {
        rig = postgres.rig();
        AppliedOutput told = new AppliedOutput();
        Random random = new Random(seed);
        List<SentCommand> commands = new CommandGenerator(seed, applications("paged-" + seed)).take(COMMANDS);
        for (int from = 0; from < COMMANDS; ) {
            int to = Math.min(COMMANDS, from + 1 + random.nextInt(LARGEST_BATCH));
            List<SentCommand> some = commands.subList(from, to);
            List<IncomingRecord> batch = rig.receive(some);
            List<PartitionOutcome> outcomes = rig.applyAll(batchApplier, batch);
            assertThat(told.differences(some, batch, outcomes))
                    .as("seed %d, commands %d to %d", seed, from, to)
                    .isEmpty();
            String before = postgres.everything();
            assertThat(bytes(rig.apply(batch))).isEqualTo(bytes(outcomes));
            assertThat(postgres.everything()).isEqualTo(before);
            from = to;
        }
        assertThat(told.statusDifferences()).as("seed %d", seed).isEmpty();
        return pages();
    }

    @Test
    void whatChangesTheReleasesOfALargeApplicationGoesAlone() {
        create(MAX_LOADED + 1);
        List<IncomingRecord> batch = rig.receive(List.of(creation("before"), definition("qa"), creation("behind")));

        BatchOutcome first = rig.apply(batchApplier, batch, rig.decider);
        BatchOutcome nothing = rig.apply(batchApplier, batch.subList(1, 3), rig.decider);
        BatchOutcome alone = rig.apply(batchApplier, batch.subList(1, 2), rig.decider);

        assertThat(first.firstDeferred()).isSameAs(batch.get(1));
        assertThat(first.firstDeferredNeedsOwnBatch()).isTrue();
        assertThat(AppliedOutput.byPosition(first.partitions())).containsOnlyKeys(AppliedOutput.position(batch.get(0)));
        assertThat(nothing.firstDeferred()).isSameAs(batch.get(1));
        assertThat(nothing.partitions()).isEmpty();
        assertThat(alone.firstDeferred()).isNull();
        assertThat(statuses(alone.partitions())).hasSize(MAX_LOADED + 2);
    }

    @Test
    void noMoreThanAPageIsLoadedHoweverManyReleasesThereAre() {
        create(4 * PAGE);
        List<Integer> loadedIds = new ArrayList<>();

        BatchOutcome applied = rig.apply(batchApplier, rig.receive(List.of(definition("qa"))), pages(loadedIds::add));

        RecordOutput output = applied.partitions().get(0).outputs().get(0);
        assertThat(loadedIds).containsExactly(PAGE, PAGE, PAGE, PAGE);
        assertThat(output.records())
                .extracting(OutgoingRecord::topic)
                .doesNotContain(BatchApplierRig.TOPICS.releaseStatus());
        assertThat(output.pages().count()).isEqualTo(4);
        assertThat(output.pages().read(4)).hasSize(PAGE);
        assertThat(postgres.text("select string_agg(page || ':' || format, ' ' order by page) from outbox"
                        + " where topic_id = '" + rig.topicId + "' and first_offset = " + output.offset()))
                .isEqualTo("0:2 1:3 2:3 3:3 4:3");
    }

    @Test
    void whatIsRefusedOrChangesNoOrderReadsNoPage() {
        create(MAX_LOADED + 1);
        rig.apply(rig.receive(List.of(
                sent(CommandKind.DEPLOY, JsonNodeFactory.instance.objectNode().put("release", "r-0")))));
        List<Integer> loadedIds = new ArrayList<>();
        rig.apply(
                batchApplier,
                rig.receive(List.of(sent(CommandKind.DEFINE, stages("production")))),
                pages(loadedIds::add));
        rig.apply(
                batchApplier,
                rig.receive(List.of(sent(CommandKind.DEFINE, stages("development", "staging", "production")))),
                pages(loadedIds::add));
        assertThat(loadedIds).isEmpty();
    }

    /** Nothing is published about it that could have changed. */
    @Test
    void anArchivedReleaseIsNotMarkedInPages() {
        create(MAX_LOADED + 2);
        rig.apply(rig.receive(List.of(
                sent(CommandKind.ARCHIVE, JsonNodeFactory.instance.objectNode().put("release", "r-1")))));
        String mark =
                "select state::jsonb->'mark' from release where application = '" + application + "' and id = '%s'";
        String archived = postgres.text(mark.formatted("r-1"));
        String other = postgres.text(mark.formatted("r-2"));

        rig.apply(batchApplier, rig.receive(List.of(definition("qa"))), rig.decider);

        assertThat(postgres.text(mark.formatted("r-1"))).isEqualTo(archived);
        assertThat(postgres.text(mark.formatted("r-2"))).isNotEqualTo(other);
    }

    @Test
    void aFaultPartwayThroughThePagesLeavesNoneOfThem() {
        create(4 * PAGE);
        List<IncomingRecord> batch = rig.receive(List.of(definition("qa")));
        List<Integer> loadedIds = new ArrayList<>();

        BatchOutcome applied = rig.apply(batchApplier, batch, pages(count -> {
            loadedIds.add(count);
            if (loadedIds.size() == 3) {
                throw new IllegalStateException("a fault in rendering");
            }
        }));

        assertThat(AppliedOutput.only(
                                "results",
                                AppliedOutput.byPosition(applied.partitions())
                                        .get(AppliedOutput.position(batch.get(0))))
                        .at("/problem/code")
                        .asText())
                .isEqualTo("UNPROCESSABLE");
        assertThat(pages()).isZero();
        assertThat(postgres.number("select count(distinct state::jsonb->'mark'->'revision') from release"
                        + " where application = '" + application + "'"))
                .as("marks as at creation")
                .isEqualTo(4 * PAGE);
    }

    @Test
    void pagesAreDeletedOncePublishedAndAreThenUnavailable() {
        create(MAX_LOADED + 1);
        List<IncomingRecord> batch = rig.receive(List.of(definition("qa")));
        RecordOutput output = rig.apply(batchApplier, batch, rig.decider)
                .partitions()
                .get(0)
                .outputs()
                .get(0);
        assertThat(pages()).isEqualTo(2);

        postgres.run(() -> postgres.upkeep.record(
                rig.topicId, Map.of(batch.get(0).partition(), batch.get(0).offset() + 1)));

        assertThat(pages()).isZero();
        assertThatThrownBy(() -> output.pages().read(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPageThatANewerVersionHasWrittenIsNotPublishedByThisOne() {
        create(MAX_LOADED + 1);
        List<IncomingRecord> batch = rig.receive(List.of(definition("qa")));
        rig.apply(batchApplier, batch, rig.decider);
        postgres.sql("update outbox set format = 99 where page = 2 and topic_id = '" + rig.topicId + "'");

        assertThatThrownBy(() -> rig.apply(batch))
                .isInstanceOf(NewerFormatException.class)
                .hasMessageContaining("table outbox");
    }

    @Test
    void largeReleasesArePagedHoweverFewTheyAre() {
        create(5);
        long bytes = releaseBytes();
        BatchApplier small = postgres.newBatchApplier(1_000, bytes, 1_000);
        BatchApplier large = postgres.newBatchApplier(1_000, 2 * bytes, 1_000);
        List<Integer> loadedIds = new ArrayList<>();

        BatchOutcome paged = rig.apply(small, rig.receive(List.of(definition("qa"))), pages(loadedIds::add));
        BatchOutcome whole = rig.apply(large, rig.receive(List.of(definition("uat"))), pages(releases -> {
            throw new AssertionError("nothing is paged");
        }));

        assertThat(loadedIds)
                .as("each page holds an eighth, and what exceeds it")
                .containsExactly(1, 1, 1, 1, 1);
        assertThat(statuses(whole.partitions())).hasSize(5);
        assertThat(statuses(paged.partitions())).hasSize(5);
    }

    @Test
    void aCommandWhoseReleaseIsTooMuchToReadIsLeftToTheNextBatch() {
        for (String release : List.of("r-0", "r-1", "r-2")) {
            rig.apply(rig.receive(List.of(sent(
                    CommandKind.CREATE,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("release", release)
                            .put("title", "A title")
                            .put("description", "d".repeat(4_000))))));
        }
        BatchApplier small = postgres.newBatchApplier(1_000, releaseBytes(), 1_000);
        List<IncomingRecord> batch =
                rig.receive(List.of(rollback("r-0"), rollback("r-1"), rollback("r-2"), rollback("r-0")));

        BatchOutcome applied = rig.apply(small, batch, rig.decider);

        assertThat(applied.firstDeferred()).isSameAs(batch.get(2));
        assertThat(applied.firstDeferredNeedsOwnBatch()).isFalse();
        assertThat(codes(rig.applyAll(small, batch.subList(2, 4))))
                .containsExactly("NOT_DEPLOYED_THERE", "NOT_DEPLOYED_THERE");
    }

    @Test
    void aRollbackWhoseTargetIsTooMuchToReadGoesAlone() {
        create(3);
        for (String release : List.of("r-0", "r-1", "r-2")) {
            rig.apply(rig.receive(List.of(sent(
                    CommandKind.DEPLOY, JsonNodeFactory.instance.objectNode().put("release", release)))));
        }
        BatchApplier small = postgres.newBatchApplier(1_000, 2, 1_000);
        List<IncomingRecord> batch = rig.receive(List.of(rollback(null), rollback(null), rollback(null)));

        BatchOutcome none = rig.apply(small, batch, rig.decider);

        assertThat(none.firstDeferred()).isSameAs(batch.get(0));
        assertThat(none.firstDeferredNeedsOwnBatch()).isTrue();
        assertThat(codes(rig.applyAll(small, batch))).containsExactly("", "", "NOTHING_LEFT");
    }

    /** @param release null for the predecessor */
    private SentCommand rollback(String release) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("environment", "staging");
        return sent(CommandKind.ROLLBACK, release == null ? data : data.put("release", release));
    }

    /** Of each result; "" if it was accepted. */
    private static List<String> codes(List<PartitionOutcome> outcomes) {
        return outcomes.stream()
                .flatMap(outcome -> outcome.outputs().stream())
                .map(output -> AppliedOutput.only(BatchApplierRig.TOPICS.results(), AppliedOutput.records(output)))
                .map(result -> result.at("/problem/code").asText(""))
                .toList();
    }

    private long releaseBytes() {
        return postgres.number(
                "select sum(octet_length(state)) from release where application = '" + application + "'");
    }

    private void create(int releases) {
        List<SentCommand> commands = new ArrayList<>();
        for (int i = 0; i < releases; i++) {
            commands.add(creation("r-" + i));
        }
        rig.apply(rig.receive(commands));
    }

    private SentCommand creation(String release) {
        return sent(
                CommandKind.CREATE,
                JsonNodeFactory.instance.objectNode().put("release", release).put("title", "A title"));
    }

    private SentCommand definition(String last) {
        return sent(CommandKind.DEFINE, stages("development", "staging", "production", last));
    }

    private static ObjectNode stages(String... environments) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        for (String environment : environments) {
            ObjectNode stage = data.withArray("environments").addObject().put("id", environment);
            if (List.of("development", "staging", "production").contains(environment)) {
                stage.put("tier", environment);
            }
        }
        return data;
    }

    private SentCommand sent(CommandKind kind, ObjectNode data) {
        return new SentCommand(
                "/ci", rig.topicId + sent++, kind.type(), data.put("application", application), application, true);
    }

    private interface LoadedReleases {
        void releases(int count);
    }

    private Decider pages(LoadedReleases loadedIds) {
        return new DelegatingDecider(rig.decider) {
            @Override
            public List<OutgoingRecord> renderReleases(
                    IncomingRecord record, Application application, DecisionContext context, List<Release> releases) {
                assertThat(application.releases()).isEmpty();
                loadedIds.releases(releases.size());
                return rig.decider.renderReleases(record, application, context, releases);
            }
        };
    }

    private long pages() {
        return postgres.number("select count(*) from outbox where page > 0 and topic_id = '" + rig.topicId + "'");
    }

    private static List<OutgoingRecord> statuses(List<PartitionOutcome> outcomes) {
        return AppliedOutput.byPosition(outcomes).values().stream()
                .flatMap(List::stream)
                .filter(record -> record.topic().equals(BatchApplierRig.TOPICS.releaseStatus()))
                .toList();
    }

    private static Map<List<Long>, List<Object>> bytes(List<PartitionOutcome> outcomes) {
        Map<List<Long>, List<Object>> bytes = new HashMap<>();
        AppliedOutput.byPosition(outcomes)
                .forEach((place, records) -> bytes.put(
                        place,
                        List.copyOf(records.stream().map(AppliedOutput::bytes).toList())));
        return bytes;
    }
}
