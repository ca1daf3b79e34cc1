package dev.lockstep.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that is moved when the topics grow, in whatever order its copies are read. */
class CommandsCheckTest {

    private static final String APPLICATION = "shop";
    private static final int OLD_HOME = 1;
    private static final int HOME = 7;
    private static final long NUMBER = 5;

    private final Findings findings = new Findings();
    private final ObservedHomes homes =
            new ObservedHomes(findings, () -> Set.of(FaultEnvironment.PARTITIONS, FaultEnvironment.PARTITIONS + 3)) {
                @Override
                Set<Integer> possible(byte[] key) {
                    return Set.of(OLD_HOME, HOME);
                }
            };
    private final DeploymentLoadCheck deployments = new DeploymentLoadCheck(findings);
    private final ResultsCheck results = new ResultsCheck(findings, homes, deployments);
    private final SentCommand sent = new SentCommand(
            "/test",
            "1",
            CommandKind.CREATE.type(),
            JsonNodeFactory.instance
                    .objectNode()
                    .put("application", APPLICATION)
                    .put("release", "1.0")
                    .put("title", "One"),
            APPLICATION,
            true);
    private final CommandsCheck commandsCheck = new CommandsCheck(
            findings,
            number -> new SentRecord.Command(sent),
            number -> HOME,
            UUID.randomUUID().toString(),
            homes,
            results,
            new EventsCheck(findings, homes, deployments),
            new DeadLettersCheck(findings),
            deployments);

    /** Sent to its future home, moved to where its home would have been before, and back. */
    @ParameterizedTest
    @ValueSource(strings = {"7@0 1@0 7@1", "7@0 7@1 1@0", "1@0 7@0 7@1"})
    void aCommandMovedAwayAndBackIsOneCommand(String order) {
        read(order);
        homes.settle(APPLICATION, HOME, "an event");
        commandsCheck.settle();
        commandsCheck.finish();

        assertThat(commandsCheck.commands()).isEqualTo(1);
        assertThat(commandsCheck.moved()).isEqualTo(2);
        assertThat(findings.count(Breach.LOST)).isZero();
        assertThat(findings.count(Breach.DOUBLED)).isZero();
        assertThat(findings.count(Breach.OUT_OF_ORDER)).isZero();
    }

    @Test
    void aCopyThatNoMoveExplainsIsFound() {
        read("7@0 7@1");
        homes.settle(APPLICATION, HOME, "an event");
        commandsCheck.settle();
        commandsCheck.finish();

        assertThat(findings.count(Breach.DOUBLED)).isEqualTo(1);
    }

    private void read(String places) {
        Arrays.stream(places.split(" ")).map(place -> place.split("@")).forEach(place -> {
            ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                    TopicNames.COMMANDS,
                    Integer.parseInt(place[0]),
                    Long.parseLong(place[1]),
                    APPLICATION.getBytes(UTF_8),
                    new byte[0]);
            record.headers()
                    .add(new RecordHeader(
                            SentRecord.HEADER, Long.toString(NUMBER).getBytes(UTF_8)));
            commandsCheck.look(record);
        });
    }
}
