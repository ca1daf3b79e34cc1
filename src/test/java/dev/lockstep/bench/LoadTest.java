package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.decode.Decoded;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.Records;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Decision;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.partition.HomePartitioner;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final BenchLoad load = new BenchLoad("commands", 7, 0);
    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final Map<String, Application> applications = new HashMap<>();
    private final Set<RejectionCode> refusals = EnumSet.noneOf(RejectionCode.class);

    @Test
    void theRulesRefuseExactlyWhatTheLoadExpectsThemToRefuse() {
        load.stock().forEach(this::assertRefusedAsIntended);
        load.next(20_000).forEach(this::assertRefusedAsIntended);

        assertThat(refusals)
                .containsExactlyInAnyOrder(
                        RejectionCode.RELEASE_EXISTS,
                        RejectionCode.RELEASE_LOCKED,
                        RejectionCode.RELEASE_NOT_FOUND,
                        RejectionCode.PROMOTION_ORDER,
                        RejectionCode.ALREADY_CURRENT);
    }

    @Test
    void aLoadInOnePartitionHasAllApplicationsThere() {
        BenchLoad neighbours = BenchLoad.inOnePartition("commands", 7);
        HomePartitioner homes = new HomePartitioner(BenchSettings.PARTITIONS, BenchSettings.PARTITIONS);

        assertThat(neighbours.stock()).isNotEmpty().allSatisfy(command -> assertThat(
                        homes.homeOfNew(command.record().key()))
                .isZero());
    }

    @Test
    void theRulesAcceptEveryReportSoEachNamesADeploymentInProgress() {
        BenchLoad reported = BenchLoad.withReports("commands", 7);
        reported.stock().forEach(this::assertRefusedAsIntended);
        reported.next(20_000).forEach(this::assertRefusedAsIntended);

        assertThat(applications.values()).anyMatch(a -> a.id().startsWith("rep-"));
    }

    @Test
    void twoReportsFollowEveryThirdDeployment() {
        BenchLoad reported = BenchLoad.withReports("commands", 7);
        reported.stock();
        Map<BenchLoad.Kind, Long> counts = reported.next(30_000).stream()
                .collect(Collectors.groupingBy(BenchLoad.Command::kind, Collectors.counting()));

        long deployments = counts.get(BenchLoad.Kind.DEPLOY) + counts.get(BenchLoad.Kind.ROLLBACK);
        assertThat((double) counts.get(BenchLoad.Kind.REPORT) / deployments).isCloseTo(2.0 / 3, within(0.05));
    }

    @Test
    void ofAHundredCommands30Create50Deploy5Delete5RollBackAnd10AreRefused() {
        load.stock();
        Map<BenchLoad.Kind, Integer> counts = new EnumMap<>(BenchLoad.Kind.class);
        load.next(100).forEach(command -> counts.merge(command.kind(), 1, Integer::sum));

        assertThat(counts)
                .isEqualTo(Map.of(
                        BenchLoad.Kind.CREATE, 30,
                        BenchLoad.Kind.DEPLOY, 50,
                        BenchLoad.Kind.DELETE, 5,
                        BenchLoad.Kind.ROLLBACK, 5,
                        BenchLoad.Kind.REFUSED, 10));
    }

    @Test
    void commandsAreAbout400BytesAndThereAreAThousandApplications() {
        load.stock();
        List<ProducerRecord<byte[], byte[]>> records =
                load.next(20_000).stream().map(BenchLoad.Command::record).toList();

        assertThat(records.stream().mapToInt(CommandWriter::size).average().orElseThrow())
                .isCloseTo(CommandWriter.BYTES, within(20.0));
        assertThat(records.stream().map(r -> new String(r.key())).collect(Collectors.toSet()))
                .hasSize(BenchLoad.APPLICATIONS);
    }

    @Test
    void aCommandCarriesItsNumberInItsId() {
        load.stock();
        long number = load.position();
        ProducerRecord<byte[], byte[]> record = load.next(1).get(0).record();

        assertThat(CommandWriter.position(record.headers().lastHeader("ce_id").value()))
                .isEqualTo(number);
    }

    private void assertRefusedAsIntended(BenchLoad.Command sent) {
        ProducerRecord<byte[], byte[]> record = sent.record();
        Decoded decoded = decoder.decode(Records.record(record.key(), record.value(), record.headers()));
        assertThat(decoded).isInstanceOf(Decoded.ValidCommand.class);
        var command = ((Decoded.ValidCommand) decoded).command();
        Application application = applications.computeIfAbsent(command.application(), Application::new);
        Decision decision = application.decide(command, new DecisionContext(NOW));
        assertThat(decision instanceof Decision.Rejected)
                .as("%s %s", sent.kind(), decision)
                .isEqualTo(sent.refused());
        if (decision instanceof Decision.Rejected rejected) {
            refusals.add(rejected.code());
        } else {
            application.apply((Decision.Accepted) decision, new DecisionContext(NOW));
        }
    }
}
