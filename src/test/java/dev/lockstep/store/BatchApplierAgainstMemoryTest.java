package dev.lockstep.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.RealStores;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.decode.Decoded;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.model.Wire;
import dev.lockstep.partition.HomePartitioner;
import dev.lockstep.wire.KafkaHeaders;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Whatever part of an application is loaded when a batch is decided on, the output is as if all of it were: with deployments
 * that wait, take time, fail and are cancelled, on pipelines that change meanwhile, and releases that are archived automatically.
 */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierAgainstMemoryTest {

    /** A partition that the worker running alongside the tests does not have: it would send its timers. */
    private static final int PARTITION = 31;

    private static final int COMMANDS = 300;
    private static final int LARGEST_BATCH = 12;
    private static final int RELEASES = 9;
    private static final String ARCHIVED_AUTOMATICALLY = "archived by itself";
    private static final List<String> ENVIRONMENTS = List.of("dev", "qa", "eu", "us");

    @Inject
    PostgresStore postgres;

    private final Map<String, Integer> outcomes = new HashMap<>();
    private String application;
    private UnitOfWork memory;
    private BatchApplierRig rig;
    private int sent;

    @Test
    void itMakesNoDifferenceWhatIsLoaded() {
        for (long seed = 1; seed <= 4; seed++) {
            sequence(seed, limits(1_000, Long.MAX_VALUE));
        }
        for (long seed = 5; seed <= 8; seed++) {
            sequence(seed, limits(3, Long.MAX_VALUE));
        }
        for (long seed = 9; seed <= 12; seed++) {
            sequence(seed, limits(1_000, 100 * seed));
        }
        assertThat(outcomes.keySet())
                .as("%s", outcomes)
                .contains(
                        "queued",
                        "started",
                        "finished",
                        "waiting",
                        "cancelrequested",
                        "unlocked",
                        "redeployed",
                        "removed")
                .contains("rolledback", "DEPLOYMENT_NOT_ACTIVE", "ALREADY_ON_ITS_WAY", "ENVIRONMENT_IN_USE");
        assertThat(outcomes.getOrDefault(ARCHIVED_AUTOMATICALLY, 0)).isGreaterThan(30);
    }

    private static BatchLimits limits(int maxReleases, long maxReadBytes) {
        return new BatchLimits(maxReleases, maxReadBytes, Long.MAX_VALUE, 2, Long.MAX_VALUE);
    }

    private void sequence(long seed, BatchLimits limits) {
        postgres.awaitReady();
        rig = new BatchApplierRig(postgres, "life-" + UUID.randomUUID());
        rig.grow(PARTITION + 1, "'epoch'");
        memory = new UnitOfWork(new HomePartitioner(BatchApplierRig.PARTITIONS, PARTITION + 1));
        memory.setContext(new DecisionContext(Instant.EPOCH));
        application = BatchApplierRig.livingIn(PARTITION);
        sent = 0;
        BatchApplier batchApplier = postgres.newBatchApplier(limits);
        Random random = new Random(seed);
        for (int done = 0; done < COMMANDS; ) {
            List<IncomingRecord> batch = new ArrayList<>();
            int size = 1 + random.nextInt(LARGEST_BATCH);
            for (int i = 0; i < size; i++) {
                batch.add(next(random));
            }
            Map<Long, RecordOutput> told = rig.applyAll(batchApplier, batch).stream()
                    .map(PartitionOutcome::outputs)
                    .flatMap(List::stream)
                    .collect(Collectors.toMap(RecordOutput::offset, output -> output));
            for (IncomingRecord record : batch) {
                same(record, told.get(record.offset()), seed);
            }
            done += size;
        }
        Instant due = memory.application(application).nextDueTime(memory.context());
        assertThat(postgres.number("select count(*) from timer where application = '" + application + "'"))
                .isEqualTo(due == null ? 0 : 1);
    }

    private void same(IncomingRecord record, RecordOutput told, long seed) {
        List<OutgoingRecord> stored = AppliedOutput.records(told);
        memory.setContext(stored.isEmpty() ? memory.context() : new DecisionContext(time(stored)));
        List<OutgoingRecord> here = rig.decider.decide(record, memory).records();
        assertThat(bytes(stored))
                .as("seed %d %s", seed, new String(record.origin().value(), UTF_8))
                .containsExactlyInAnyOrderElementsOf(bytes(here));
        here.forEach(this::count);
        if (record.isTimer()) {
            here.stream()
                    .filter(out ->
                            KafkaHeaders.lastText(out.headers(), "ce_type").contains("release.archived"))
                    .forEach(out -> outcomes.merge(ARCHIVED_AUTOMATICALLY, 1, Integer::sum));
        }
    }

    private void count(OutgoingRecord record) {
        String type = KafkaHeaders.lastText(record.headers(), "ce_type");
        String value = record.value() == null ? "" : new String(record.value(), UTF_8);
        String what = type.startsWith("dev.cdevents")
                ? type.replaceFirst("\\.[0-9.]+$", "").replaceFirst(".*\\.", "")
                : value.replaceFirst("(?s).*\"code\":\"([A-Z_]+)\".*", "$1");
        outcomes.merge(what.length() > 40 ? "else" : what, 1, Integer::sum);
    }

    private static Instant time(List<OutgoingRecord> records) {
        return Instant.parse(KafkaHeaders.lastText(records.get(0).headers(), "ce_time"));
    }

    private static List<List<Object>> bytes(List<OutgoingRecord> records) {
        return records.stream().map(AppliedOutput::bytes).toList();
    }

    private IncomingRecord next(Random random) {
        String environment = "'environment':'" + ENVIRONMENTS.get(random.nextInt(ENVIRONMENTS.size())) + "'";
        String release = "'release':'r" + random.nextInt(RELEASES) + "'";
        String waits = random.nextInt(8) == 0 ? ",'notBefore':'2126-01-01T00:00:00Z'" : "";
        waits += random.nextInt(8) == 0 ? ",'ifBlocked':'reject'" : "";
        waits += random.nextInt(12) == 0 ? ",'dryRun':true" : "";
        String deployment = "'deployment':'" + deployment(random) + "'";
        return switch (random.nextInt(sent < 10 ? 3 : 30)) {
            case 0 -> command("pipeline.define", "'environments':[" + stages(random) + "]");
            case 1, 2, 3 -> command("release.create", release + ",'title':'A title'");
            case 4, 5, 6, 7, 8 -> command("release.deploy", release + "," + environment + waits);
            case 9, 10 -> command("release.deploy", release + waits);
            case 11, 12 -> command("environment.rollback", environment + waits);
            case 13 -> command("environment.rollback", environment + "," + release + waits);
            case 14 -> command("environment.redeploy", environment + waits);
            case 15 -> command("release.undeploy", environment + waits);
            case 16 -> command("environment.configure", environment + ",'policy':" + policy(random));
            case 17 -> command("deployment.cancel", deployment);
            case 18 -> command(random.nextBoolean() ? "release.archive" : "release.unarchive", release);
            case 19 -> command("release.delete", release);
            case 20, 21, 22 -> command("timer.due", null);
            case 23, 24 -> keep(random);
            default -> command("deployment.report", deployment + ",'status':'" + status(random) + "'");
        };
    }

    /** For zero days, which no command can request: otherwise the rest would happen a day later. */
    private IncomingRecord keep(Random random) {
        IncomingRecord record = command(
                "pipeline.define",
                "'environments':["
                        + memory.application(application).pipeline().stages().stream()
                                .map(stage -> "{'id':'" + stage.id() + "'}")
                                .collect(Collectors.joining(","))
                        + "],'keep':{'releases':1,'days':" + (1 + random.nextInt(100)) + "}");
        if (!(record.decoded() instanceof Decoded.ValidCommand valid)) {
            return record;
        }
        Command.DefinePipeline definition = (Command.DefinePipeline) valid.command();
        FieldChange<KeepPolicy> keep =
                random.nextInt(6) == 0 ? FieldChange.clear() : FieldChange.to(new KeepPolicy(1 + random.nextInt(4), 0));
        return new IncomingRecord(
                record.origin(),
                new Decoded.ValidCommand(
                        valid.envelope(),
                        new Command.DefinePipeline(definition.common(), definition.stages(), keep),
                        valid.fingerprint(),
                        valid.rejectionUnlessDuplicate(),
                        valid.echoedFields()),
                record.keyApplication(),
                record.idempotencyKey());
    }

    private static String status(Random random) {
        return List.of("in_progress", "succeeded", "succeeded", "succeeded", "failed", "errored", "cancelled")
                .get(random.nextInt(7));
    }

    private static String stages(Random random) {
        List<String> stages = new ArrayList<>();
        stages.add("{'id':'dev'}");
        for (String id : ENVIRONMENTS.subList(1, 4)) {
            if (random.nextInt(5) > 0) {
                stages.add("{'id':'" + id + "'" + (random.nextBoolean() ? ",'policy':" + policy(random) : "")
                        + (random.nextInt(3) == 0 ? ",'after':['dev']" : "") + "}");
            }
        }
        return String.join(",", stages);
    }

    private static String policy(Random random) {
        String busy = List.of("supersede", "queue", "queue", "reject").get(random.nextInt(4));
        return "{'completion':'" + (random.nextInt(4) == 0 ? "immediate" : "reported") + "','whenBusy':'" + busy
                + "','onFailure':'" + (random.nextBoolean() ? "restore" : "none") + "','maxQueued':3,'timeout':"
                + (random.nextBoolean() ? "'PT24H'" : "null") + ",'soakTime':"
                + List.of("null", "null", "'PT1S'", "'P1D'").get(random.nextInt(4)) + "}";
    }

    /** Usually an unfinished one; otherwise the next one to be created, or any past one. */
    private String deployment(Random random) {
        Application now = memory.application(application);
        List<String> onTheirWay = new TreeSet<>(now.environments().stream()
                        .flatMap(Environment::unfinishedDeployments)
                        .map(Deployment::request)
                        .map(Deployment.Request::id)
                        .toList())
                .stream().toList();
        return onTheirWay.isEmpty() || random.nextInt(6) == 0
                ? Ids.deployment(application, Math.max(1, now.revision() + 3 - random.nextInt(20)))
                : onTheirWay.get(random.nextInt(onTheirWay.size()));
    }

    private IncomingRecord command(String type, String data) {
        String json = "{'application':'" + application + "'" + (data == null ? "" : "," + data) + "}";
        return rig.receive(
                new Wire.Raw(
                        application,
                        Map.of(
                                "ce_specversion",
                                "1.0",
                                "ce_id",
                                application + sent++,
                                "ce_source",
                                "/ci",
                                "ce_type",
                                "dev.lockstep." + type + ".v1"),
                        json.replace('\'', '"').getBytes(UTF_8)),
                PARTITION);
    }
}
