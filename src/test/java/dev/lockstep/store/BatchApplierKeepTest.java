package dev.lockstep.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.RealStores;
import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.model.Wire;
import dev.lockstep.wire.KafkaHeaders;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The releases that an application archives automatically are found among all that are stored. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierKeepTest {

    /** A partition that the worker running alongside the tests does not have: it would send its timers. */
    private static final int PARTITION = 31;

    @Inject
    PostgresStore postgres;

    private final String application = BatchApplierRig.livingIn(PARTITION);
    private BatchApplierRig rig;
    private int sent;

    @BeforeEach
    void createApplication() {
        postgres.awaitReady();
        rig = new BatchApplierRig(postgres, "kept-" + UUID.randomUUID());
        rig.grow(PARTITION + 1, "'epoch'");
        apply("pipeline.define", "'environments':[{'id':'dev'},{'id':'live'}]");
    }

    @Test
    void twentyAtATimeAreArchivedUntilTheNewestAreLeft() {
        create(44);
        keep(2);

        List<OutgoingRecord> told = check();
        assertThat(archived(told)).isEqualTo(releases(0, 20));
        assertThat(gone(told)).isEqualTo(releases(0, 20));
        assertThat(told).allSatisfy(record -> {
            assertThat(KafkaHeaders.lastText(record.headers(), "ce_causationid"))
                    .startsWith("timer-");
            assertThat(record.value() == null ? "" : new String(record.value(), UTF_8))
                    .doesNotContain("\"actor\":\"");
        });
        assertThat(isDueNow()).isTrue();

        assertThat(archived(check())).isEqualTo(releases(20, 40));
        assertThat(archived(check())).isEqualTo(releases(40, 42));
        assertThat(isDueNow()).isFalse();
        assertThat(postgres.number("select count(*) from release where archived" + ofApplication()))
                .isEqualTo(42);
        long revision = revision();
        assertThat(check()).isEmpty();
        assertThat(revision()).isEqualTo(revision);
    }

    /** Nothing is published, but the time of the next check is stored. */
    @Test
    void aCheckThatFindsNothingMovesTheTimer() {
        create(1);
        keep(1);
        long revision = revision();
        assertThat(isDueNow()).isTrue();

        assertThat(check()).isEmpty();

        assertThat(revision()).isEqualTo(revision);
        assertThat(postgres.number("select count(*) from timer where application = '" + application
                        + "' and due between now() + interval '23 hours' and now() + interval '24 hours'"))
                .isEqualTo(1);
        assertThat(
                        postgres.number(
                                "select count(*) from application where id = '" + application
                                        + "' and to_timestamp((state::json #>> '{keep,due}')::int8 / 1000) > now() + interval '23 hours'"))
                .isEqualTo(1);
    }

    @Test
    void theTimerOfAnApplicationThatComesBackComesBackWithIt() {
        create(2);
        keep(1);
        apply("application.archive", null);
        assertThat(postgres.number("select count(*) from timer where true" + ofApplication()))
                .isZero();
        assertThat(check()).isEmpty();

        apply("application.unarchive", null);

        assertThat(isDueNow()).isTrue();
        assertThat(archived(check())).isEqualTo(releases(0, 1));
    }

    @Test
    void whatWasStoredBeforeThereWasAnOrderIsPutInItFirst() {
        create(3);
        int more = ArchiveCandidates.BACKFILL_LIMIT - 3;
        insert(more, 1_000, "");
        postgres.sql("update release set created_revision = null where true" + ofApplication());
        keep(1);

        assertThat(check()).isEmpty();
        assertThat(isDueNow()).isTrue();
        assertThat(postgres.number("select count(*) from release where created_revision is null" + ofApplication()))
                .isZero();
        assertThat(postgres.text("select created_revision from release where id = 'r001'" + ofApplication()))
                .isEqualTo(
                        postgres.text("select (state::json ->> 'createdRevision')::int8 from release where id = 'r001'"
                                + ofApplication()));

        assertThat(archived(check())).hasSize(20).startsWith("r000", "r001", "r002", "x00001");
    }

    /** As left by an older version that deletes and creates a release in one batch: it overwrites the row, without the column. */
    @Test
    void aPlaceInTheOrderThatIsNoLongerRightDoesNoHarm() {
        create(4);
        postgres.sql("update release set created_revision = 0 where id = 'r003'" + ofApplication());
        postgres.sql("update release set created_revision = 1 where id = 'r002'" + ofApplication());
        keep(2);

        assertThat(archived(check())).isEmpty();

        keep(1);
        assertThat(archived(check())).isEqualTo(releases(0, 1));
    }

    @Test
    void releasesThatAreKeptDoNotHideThoseAfterThem() {
        insert(
                3 * ArchiveCandidates.PAGE_SIZE,
                1_000,
                ",\"unarchivedAt\":' || (extract(epoch from now()) * 1000)::int8 || '");
        insert(2, 5_000, "");
        keep(1);

        assertThat(archived(check())).isEqualTo(List.of("x04001"));
        assertThat(isDueNow()).isFalse();
    }

    @Test
    void aCheckSeesItsApplicationAsReadAndCountsTowardsTheLimit() {
        create(3);
        IncomingRecord keep = command("pipeline.define", define(1));
        IncomingRecord timer = timer();

        BatchOutcome first = applyOn(postgres.batchApplier, List.of(keep, timer));
        assertThat(first.firstDeferred()).isSameAs(timer);

        IncomingRecord archive = command("release.archive", "'release':'r001'");
        IncomingRecord again = timer();
        BatchOutcome second = applyOn(postgres.batchApplier, List.of(timer, archive, again));
        assertThat(second.firstDeferred()).isSameAs(again);
        assertThat(archived(AppliedOutput.records(
                        second.partitions().get(0).outputs().get(0))))
                .isEqualTo(releases(0, 2));
        assertThat(archived(told(again))).isEmpty();
    }

    @Test
    void theNumberOfApplicationsCheckedAtOnceIsLimited() {
        keep(1);
        String other = BatchApplierRig.livingIn(PARTITION);
        rig.apply(List.of(rig.receive(raw(other, "pipeline.define", define(1)), PARTITION)));
        IncomingRecord incoming = timer();
        IncomingRecord next = rig.receive(raw(other, "timer.due", null), PARTITION);

        assertThat(applyOn(
                                postgres.newBatchApplier(KeepPolicy.MAX_ARCHIVED_PER_CHECK + 1, Long.MAX_VALUE),
                                List.of(incoming, next))
                        .firstDeferred())
                .isSameAs(next);
    }

    private BatchOutcome applyOn(BatchApplier batchApplier, List<IncomingRecord> batch) {
        return rig.apply(batchApplier, batch, rig.decider);
    }

    /** Creates releases a year ago. */
    private void create(int releases) {
        for (String release : releases(0, releases)) {
            apply("release.create", "'release':'" + release + "','title':'A title'");
        }
        postgres.sql("update release set state = (state::jsonb || jsonb_build_object('createdAt',"
                + " (extract(epoch from now() - interval '1 year') * 1000)::int8))::text where true" + ofApplication());
    }

    /** Inserts releases from half a century ago. @param more SQL, for additional state of each */
    private void insert(int releases, int firstRevision, String more) {
        postgres.sql("insert into release (application, id, state, format, created_revision) select '" + application
                + "', 'x' || lpad((" + firstRevision + " - 1000 + i)::text, 5, '0'),"
                + " '{\"title\":\"t\",\"createdAt\":1,\"createdRevision\":' || " + firstRevision
                + " + i || ',\"placements\":[]"
                + more + "}', 1, " + firstRevision + " + i from generate_series(1, " + releases + ") i");
        postgres.sql("update application set releases = releases + " + releases + " where id = '" + application + "'");
    }

    private static List<String> releases(int from, int to) {
        List<String> releases = new ArrayList<>();
        for (int i = from; i < to; i++) {
            releases.add("r%03d".formatted(i));
        }
        return releases;
    }

    private void keep(int releases) {
        apply("pipeline.define", define(releases));
    }

    private static String define(int releases) {
        return "'environments':[{'id':'dev'},{'id':'live'}],'keep':{'releases':" + releases + ",'days':30}";
    }

    private void apply(String type, String data) {
        List<OutgoingRecord> told = told(command(type, data));
        assertThat(new String(told.get(0).value(), UTF_8)).contains("\"accepted\"");
    }

    private List<OutgoingRecord> check() {
        return told(timer());
    }

    private List<OutgoingRecord> told(IncomingRecord record) {
        List<PartitionOutcome> outcomes = rig.apply(List.of(record));
        return AppliedOutput.records(outcomes.get(0).outputs().get(0));
    }

    private static List<String> archived(List<OutgoingRecord> told) {
        return told.stream()
                .filter(record ->
                        KafkaHeaders.lastText(record.headers(), "ce_type").contains("release.archived"))
                .map(record ->
                        KafkaHeaders.lastText(record.headers(), "ce_subject").replaceFirst(".*/", ""))
                .toList();
    }

    private static List<String> gone(List<OutgoingRecord> told) {
        return told.stream()
                .filter(record ->
                        record.topic().equals(BatchApplierRig.TOPICS.releaseStatus()) && record.value() == null)
                .filter(record -> KafkaHeaders.lastText(record.headers(), "ce_lockstepreason")
                        .equals("archived"))
                .map(record -> new String(record.key(), UTF_8).replaceFirst(".*/", ""))
                .toList();
    }

    private IncomingRecord timer() {
        return command("timer.due", null);
    }

    private IncomingRecord command(String type, String data) {
        return rig.receive(raw(application, type, data), PARTITION);
    }

    private Wire.Raw raw(String of, String type, String data) {
        String json = "{'application':'" + of + "'" + (data == null ? "" : "," + data) + "}";
        String id = (type.equals("timer.due") ? "timer-" : "c-") + sent++;
        return new Wire.Raw(
                of,
                Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        id,
                        "ce_source",
                        "/ci",
                        "ce_type",
                        "dev.lockstep." + type + ".v1"),
                json.replace('\'', '"').getBytes(UTF_8));
    }

    private String ofApplication() {
        return " and application = '" + application + "'";
    }

    private long revision() {
        return postgres.number("select revision from application where id = '" + application + "'");
    }

    private boolean isDueNow() {
        return postgres.number("select count(*) from timer where due <= clock_timestamp()" + ofApplication()) == 1;
    }
}
