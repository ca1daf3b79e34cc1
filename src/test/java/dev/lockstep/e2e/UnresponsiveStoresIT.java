package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.local.TcpProxy;
import dev.lockstep.local.WorkerProcess;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Unresponsive stores. Whatever waits for them continues by itself as soon as they respond. */
@Tag("slow")
class UnresponsiveStoresIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String BROKEN = "Closed an unresponsive Postgres connection";

    private TestInstallation stage;
    private TcpProxy toDatabase;
    private WorkerProcess worker;

    @BeforeEach
    void startWorker() {
        stage = TestInstallation.open("silence");
        toDatabase = TcpProxy.to(stage.database.host(), stage.database.port());
        worker = stage.start(
                stage.worker().env("LOCKSTEP_DATABASE_PORT", toDatabase.port()).env("LOCKSTEP_DATABASE_SILENCE", "3s"));
        worker.awaitReady(PATIENCE);
    }

    @AfterEach
    void strike() {
        stage.close();
        toDatabase.close();
    }

    @Test
    void aBatchOnAFrozenConnectionIsAppliedOnAnother() throws Exception {
        int partition = create("shop", "1");
        assertAccepted("shop-1");

        try (Connection held = hold(partition)) {
            create("shop", "2");
            awaitSomebodyWaiting();
            toDatabase.freeze();
        }

        assertAccepted("shop-2");
        assertThat(stage.log(0)).contains(BROKEN);
    }

    @Test
    void aBatchWaitsUntilNewConnectionsAreAnswered() throws Exception {
        create("shop", "1");
        assertAccepted("shop-1");
        toDatabase.ignoreNew();
        toDatabase.freeze();

        create("shop", "2");
        await().atMost(PATIENCE)
                .until(() -> toDatabase.ignored() > 2 && stage.log(0).contains("retrying"));
        toDatabase.heal();

        assertAccepted("shop-2");
    }

    @Test
    void aHeldLockHoldsUpOnlyItsPartitionAndNoConnection() throws Exception {
        int partition = create("shop", "1");
        assertThat(create("blog", "1")).isNotEqualTo(partition);
        assertAccepted("shop-1");
        assertAccepted("blog-1");

        try (Connection held = hold(partition)) {
            create("shop", "2");
            await().atMost(PATIENCE).until(() -> stage.log(0).contains("SQLSTATE 55P03: another session holds a lock"));
            awaitSomebodyWaiting();
            create("blog", "2");
            assertAccepted("blog-2");
            assertThat(worker.readiness()).isEqualTo(503);
        }

        assertAccepted("shop-2");
        assertThat(stage.log(0)).doesNotContain(BROKEN);
        await().atMost(PATIENCE).until(() -> worker.readiness() == 200);
    }

    @Test
    void whatWasPublishedIsRecordedAlthoughTheFirstAttemptFroze() throws Exception {
        stage.sql("""
                create function wait_for_somebody() returns trigger language plpgsql as $$
                begin perform pg_advisory_xact_lock(1); return old; end $$""");
        stage.sql("create trigger waiting before delete on outbox for each row execute function wait_for_somebody()");
        try (Connection held = stage.hold("select pg_advisory_xact_lock(1)")) {
            create("shop", "1");
            assertAccepted("shop-1");
            awaitSomebodyWaiting();
            toDatabase.freeze();
        }

        await().atMost(PATIENCE).until(() -> stage.number("select count(*) from outbox") == 0);
    }

    @Test
    void workContinuesWhenAllConnectionsToKafkaFreeze() {
        create("shop", "1");
        assertAccepted("shop-1");
        stage.proxy.freeze();

        create("shop", "2");

        assertAccepted("shop-2");
        stage.wire.readToTheEnd();
        assertThat(stage.wire.seen(TopicClient.RESULTS, r -> true)).hasSize(2);
    }

    private Connection hold(int partition) throws Exception {
        return stage.hold("select 1 from progress where partition = " + partition + " for update");
    }

    private void awaitSomebodyWaiting() {
        await().pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> stage.number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") > 0);
    }

    /** @return the partition of the command, whose id consists of application and release */
    private int create(String application, String release) {
        String data = "{'application':'" + application + "','release':'" + release + "','title':'T'}";
        byte[] command = TopicClient.structured(application + "-" + release, "release.create.v1", data);
        return stage.wire.send(application, command, Map.of()).partition();
    }

    private void assertAccepted(String id) {
        stage.wire.awaitAccepted(id);
    }
}
