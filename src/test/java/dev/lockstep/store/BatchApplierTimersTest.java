package dev.lockstep.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.RealStores;
import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.model.Wire;
import dev.lockstep.wire.KafkaHeaders;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Decisions write, move and remove timers; what is due is decided on when a timer arrives. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierTimersTest {

    /** A partition that the worker running alongside the tests does not have. */
    private static final int PARTITION = 31;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject
    PostgresStore postgres;

    private String application;
    private BatchApplierRig rig;
    private int sent;

    @BeforeEach
    void createRelease() {
        postgres.awaitReady();
        rig = new BatchApplierRig(postgres, "timers-" + UUID.randomUUID());
        rig.grow(PARTITION + 1, "'epoch'");
        createApplication();
    }

    private void createApplication() {
        do {
            application = "timed-" + UUID.randomUUID();
        } while (BatchApplierRig.home(application, PARTITION + 1) != PARTITION);
        define("'completion':'reported','timeout':'PT1H','reportEvery':'PT10M'");
        apply("release.create", "'release':'1','title':'One'");
        apply("release.create", "'release':'2','title':'Two'");
    }

    @Test
    void aTimerIsWrittenMovedAndRemovedByDecisions() {
        assertThat(timer()).isNull();

        JsonNode asked = deploy("1");
        Instant due = Instant.parse(time(asked)).plus(Duration.ofMinutes(10));
        assertThat(timer()).isEqualTo(due + " " + due + " 0 " + PARTITION);

        apply("environment.configure", "'environment':'staging','policy':{'reportEvery':null}");
        due = Instant.parse(time(asked)).plus(Duration.ofHours(1));
        assertThat(timer()).isEqualTo(due + " " + due + " 0 " + PARTITION);

        report(asked, "succeeded");
        assertThat(timer()).isNull();
    }

    @Test
    void aHeartbeatMovesTheTimerWithoutARevision() {
        JsonNode asked = deploy("1");
        long revision = revision();
        Instant before = due();

        JsonNode heard = report(asked, "in_progress");

        assertThat(revision()).isEqualTo(revision);
        assertThat(due()).isEqualTo(Instant.parse(time(heard)).plus(Duration.ofMinutes(10)));
        assertThat(due()).isAfter(before);
    }

    /** It is compared with what is stored: what was due by other rules or facts is corrected by the next decision. */
    @Test
    void aWronglyStoredTimerIsCorrected() {
        deploy("1");
        Instant due = due();
        postgres.sql("update timer set due = due + interval '1 day', send_after = send_after + interval '1 day'"
                + " where application = '" + application + "'");

        apply("release.create", "'release':'3','title':'Three'");
        assertThat(timer()).isEqualTo(due + " " + due + " 0 " + PARTITION);

        postgres.sql("delete from timer where application = '" + application + "'");
        apply("release.create", "'release':'4','title':'Four'");
        assertThat(timer()).isEqualTo(due + " " + due + " 0 " + PARTITION);
    }

    @Test
    void whatDoesNotChangeItLeavesATimerAsItWasSent() {
        deploy("1");
        postgres.sql("update timer set attempts = 3, send_after = due + interval '1 minute' where application = '"
                + application + "'");
        String before = timer();

        apply("release.create", "'release':'3','title':'Three'");
        apply("release.create", "'release':'3','title':'Three'");

        assertThat(timer()).isEqualTo(before);
    }

    @Test
    void aTimerThatNobodyHasSetChangesNothing() {
        deploy("1");
        postgres.sql("update timer set attempts = 3 where application = '" + application + "'");
        String before = timer();
        long revision = revision();

        assertThat(applyTimer()).isEmpty();

        assertThat(timer()).isEqualTo(before);
        assertThat(revision()).isEqualTo(revision);
        String unknown = "nobody-" + UUID.randomUUID();
        assertThat(AppliedOutput.records(
                        rig.apply(List.of(rig.receive(timer(unknown), BatchApplierRig.home(unknown, PARTITION + 1))))
                                .get(0)
                                .outputs()
                                .get(0)))
                .isEmpty();
        assertThat(postgres.number("select count(*) from application where id = '" + unknown + "'"))
                .isZero();
    }

    /** However that came about, the timer is not sent forever. */
    @Test
    void anArrivingTimerCorrectsTheStoredNextTimer() {
        deploy("1");
        String before = timer();
        postgres.sql("update timer set due = now() - interval '1 minute' where application = '" + application + "'");
        applyTimer();
        assertThat(timer()).isEqualTo(before);

        postgres.sql("delete from timer where application = '" + application + "'");
        applyTimer();
        assertThat(timer()).isEqualTo(before);
    }

    @Test
    void whatIsDueHappensWhenATimerComesAndIsRemembered() {
        define("'completion':'reported','timeout':'PT1S'");
        JsonNode asked = deploy("1");
        deploy("2");
        Instant due = due();
        await().until(() ->
                postgres.number("select count(*) from timer where due < clock_timestamp() and application = '"
                                + application + "'")
                        == 1);

        List<OutgoingRecord> told = applyTimer();

        assertThat(types(told))
                .contains(
                        "dev.cdeventsx.lockstep-deployment.finished.0.1.0",
                        "dev.cdeventsx.lockstep-deployment.started.0.1.0")
                .noneMatch(type -> type.contains("command"));
        assertThat(due())
                .as("the next due time, of the deployment that started")
                .isAfter(due);
        assertThat(postgres.text("select status || ' ' || failure_kind from ended_deployment where id = '"
                        + asked.get("deployment").asText() + "'"))
                .isEqualTo("FAILED TIMED_OUT");
        JsonNode late = report(asked, "succeeded");
        assertThat(late.at("/problem/code").asText()).isEqualTo("DEPLOYMENT_NOT_ACTIVE");
        assertThat(late.at("/problem/failureKind").asText()).isEqualTo("timed_out");
    }

    @Test
    void aReSentCommandGetsTheStatusItsDeploymentHad() {
        deploy("1");
        IncomingRecord waiting = command("release.deploy", "'release':'2','environment':'staging'");
        JsonNode first = result(AppliedOutput.records(
                rig.apply(List.of(waiting)).get(0).outputs().get(0)));
        report(first, "cancelled");
        IncomingRecord again = rig.receive(
                new Wire.Raw(
                        application,
                        headers("release.deploy", application + (sent - 2)),
                        waiting.origin().value()),
                PARTITION);

        JsonNode repeated = result(
                AppliedOutput.records(rig.apply(List.of(again)).get(0).outputs().get(0)));

        assertThat(first.get("deploymentStatus").asText()).isEqualTo("pending");
        assertThat(repeated.get("duplicate").asBoolean()).isTrue();
        assertThat(repeated.get("deploymentStatus")).isEqualTo(first.get("deploymentStatus"));
        assertThat(repeated.get("blockedBy")).isEqualTo(first.get("blockedBy"));
    }

    /** Whoever waits for the lock decides at a later time than whoever had it. */
    @Test
    void theTimeOfADecisionIsReadAfterLocking() throws Exception {
        IncomingRecord command = command("release.create", "'release':'3','title':'Three'");
        CompletableFuture<List<PartitionOutcome>> waiting;
        String unlocked;
        try (Connection holder =
                postgres.hold("select from progress where topic_id = '" + rig.topicId + "' for update")) {
            waiting = CompletableFuture.supplyAsync(() -> rig.apply(List.of(command)));
            await().until(() -> postgres.number("select count(*) from pg_locks where not granted") > 0);
            unlocked = postgres.text("select floor(extract(epoch from clock_timestamp()) * 1000)::int8");
            holder.rollback();
        }
        JsonNode result = result(AppliedOutput.records(
                waiting.get(1, TimeUnit.MINUTES).get(0).outputs().get(0)));

        assertThat(Instant.parse(time(result)).toEpochMilli()).isGreaterThanOrEqualTo(Long.parseLong(unlocked));
    }

    /** Neither its release nor its environment is named by the commands that delay it and let it start. */
    @Test
    void whatWaitsInOneEnvironmentIsCheckedWhenAnotherChanges() throws IOException {
        apply(
                "pipeline.define",
                "'environments':[{'id':'development'},{'id':'staging','policy':null},"
                        + "{'id':'production','policy':{'soakTime':'PT1H'}},{'id':'archive'}]");
        Instant current = Instant.parse(time(deploy("1")));
        apply("release.deploy", "'release':'1','environment':'production'");
        assertThat(due()).isEqualTo(current.plus(Duration.ofHours(1)));

        List<OutgoingRecord> told = output("release.deploy", "'release':'2','environment':'staging'");

        JsonNode production = JSON.readTree(told.stream()
                .filter(record -> (application + "/production").equals(new String(record.key(), UTF_8)))
                .findFirst()
                .orElseThrow()
                .value());
        assertThat(production.at("/waiting/0/blockedBy/0/opensBy").asText()).isEqualTo("actor");
        assertThat(timer()).isNull();

        apply("release.annotate", "'release':'2','notes':'Nothing to do with it'");
        apply("environment.rollback", "'environment':'staging'");
        assertThat(due()).isAfter(current.plus(Duration.ofHours(1)));
        told = output("environment.configure", "'environment':'production','policy':{'soakTime':null}");
        assertThat(types(told)).contains("dev.cdevents.service.deployed.0.3.0");
    }

    /** Only the waiting release knows its position on the line, and no command in the batch in which it starts names it. */
    @Test
    void whatStartsByItselfFindsItsPlaceOnTheLine() {
        define("'completion':'immediate'");
        for (String release : List.of("3", "4", "5")) {
            apply("release.create", "'release':'" + release + "','title':'Another'");
        }
        for (String release : List.of("1", "2", "3", "4", "5")) {
            deploy(release);
        }
        define("'completion':'reported'");
        JsonNode again = apply("environment.redeploy", "'environment':'staging'");
        JsonNode back = apply("environment.rollback", "'environment':'staging','release':'2'");

        assertThat(back.get("deploymentStatus").asText()).isEqualTo("pending");
        assertThat(report(again, "succeeded").get("outcome").asText()).isEqualTo("accepted");
        assertThat(report(back, "succeeded").get("outcome").asText()).isEqualTo("accepted");
        assertThat(postgres.text("select state::jsonb #>> '{environments,1,beforeEnd}' from application where id = '"
                        + application + "'"))
                .isEqualTo("1");
    }

    /** Their releases are read, and a thousand timers may arrive at once. */
    @Test
    void aBatchEndsWhenTooManyDeploymentsAreOnTheirWay() {
        List<String> applications = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            createApplication();
            queueDeployments(6);
            applications.add(application);
        }
        List<IncomingRecord> timers = applications.stream()
                .map(one -> rig.receive(timer(one), PARTITION))
                .toList();
        BatchApplier batchApplier = postgres.newBatchApplier(1, Long.MAX_VALUE);

        BatchOutcome first = rig.apply(batchApplier, timers, rig.decider);
        BatchOutcome second = rig.apply(batchApplier, timers.subList(2, 3), rig.decider);

        assertThat(first.firstDeferred()).isSameAs(timers.get(2));
        assertThat(second.firstDeferred()).isNull();
    }

    private void queueDeployments(int deployments) {
        String later = ",'notBefore':'" + Instant.now().plus(Duration.ofDays(1)) + "'";
        for (int i = 0; i < deployments; i++) {
            apply("release.create", "'release':'later-" + i + "','title':'Waits'");
            apply("release.deploy", "'release':'later-" + i + "','environment':'staging'" + later);
        }
    }

    private void define(String policy) {
        apply("pipeline.define", "'environments':[{'id':'dev'},{'id':'staging','policy':{" + policy + "}}]");
    }

    private JsonNode deploy(String release) {
        return apply("release.deploy", "'release':'" + release + "','environment':'staging'");
    }

    private JsonNode report(JsonNode asked, String status) {
        return apply(
                "deployment.report",
                "'deployment':'" + asked.get("deployment").asText() + "','status':'" + status + "'");
    }

    /** @return the result */
    private JsonNode apply(String type, String data) {
        return result(output(type, data));
    }

    private List<OutgoingRecord> output(String type, String data) {
        return AppliedOutput.records(
                rig.apply(List.of(command(type, data))).get(0).outputs().get(0));
    }

    /** @return the output of a timer */
    private List<OutgoingRecord> applyTimer() {
        return AppliedOutput.records(rig.apply(List.of(rig.receive(timer(application), PARTITION)))
                .get(0)
                .outputs()
                .get(0));
    }

    private IncomingRecord command(String type, String data) {
        String json = "{'application':'" + application + "'," + data + "}";
        return rig.receive(
                new Wire.Raw(
                        application,
                        headers(type, application + sent++),
                        json.replace('\'', '"').getBytes(UTF_8)),
                PARTITION);
    }

    private Wire.Raw timer(String of) {
        return new Wire.Raw(
                of,
                headers("timer.due", UUID.randomUUID().toString()),
                ("{\"application\":\"" + of + "\"}").getBytes(UTF_8));
    }

    private static Map<String, String> headers(String type, String id) {
        return Map.of(
                "ce_specversion", "1.0", "ce_id", id, "ce_source", "/ci", "ce_type", "dev.lockstep." + type + ".v1");
    }

    private static JsonNode result(List<OutgoingRecord> told) {
        OutgoingRecord result = told.get(0);
        assertThat(result.topic()).isEqualTo(BatchApplierRig.TOPICS.results());
        try {
            return ((ObjectNode) JSON.readTree(result.value()))
                    .put("ce_time", KafkaHeaders.lastText(result.headers(), "ce_time"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String time(JsonNode result) {
        return result.get("ce_time").asText();
    }

    private static List<String> types(List<OutgoingRecord> told) {
        return told.stream()
                .map(record -> KafkaHeaders.lastText(record.headers(), "ce_type"))
                .toList();
    }

    private long revision() {
        return postgres.number("select revision from application where id = '" + application + "'");
    }

    private Instant due() {
        return Instant.parse(timer().split(" ")[0]);
    }

    /** @return due, send_after, attempts and partition, or null */
    private String timer() {
        String of = " from timer where application = '" + application + "'";
        return postgres.number("select count(*)" + of) == 0
                ? null
                : instant("select due" + of) + " " + instant("select send_after" + of) + " "
                        + postgres.text("select attempts || ' ' || partition" + of);
    }

    private Instant instant(String query) {
        String seconds = postgres.text("select extract(epoch from t) * 1000 from (" + query + ") as q(t)");
        return Instant.ofEpochMilli(new BigDecimal(seconds).longValueExact());
    }
}
