package dev.lockstep.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.InMemoryWorker;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.Scope;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/**
 * {@link DeploymentLoadCheck} finds nothing wrong with a worker that the model finds nothing wrong with, whatever commands it
 * gets.
 */
class DeploymentLoadCheckRehearsalTest {

    private static final int SEQUENCES = Integer.getInteger("deployments.sequences", 60);
    private static final int COMMANDS = 150;
    private static final List<String> APPLICATIONS = List.of("live-0", "live-1");

    private final Findings findings = new Findings();
    private final DeploymentLoadCheck check = new DeploymentLoadCheck(findings);
    private final InMemoryWorker worker = new InMemoryWorker();
    private final Set<List<String>> deployments = new LinkedHashSet<>();
    private Instant now = Instant.EPOCH;
    private int ids;

    @Test
    void findsNothingWrongWithACorrectWorker() {
        Map<String, Long> ends = new HashMap<>();
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            DeploymentLoadCheckRehearsalTest one = new DeploymentLoadCheckRehearsalTest();
            new CommandGenerator(seed, APPLICATIONS, Scope.TIMED).take(COMMANDS).forEach(one::send);
            one.comeToRest();
            one.check.finish();
            assertThat(one.findings.tell()).as("seed " + seed).isEmpty();
            one.check.ends().forEach((end, count) -> ends.merge(end, count, Long::sum));
        }
        assertThat(ends.values()).as("" + ends).allMatch(count -> count > 0);
    }

    /** Waiting deployments are cancelled, those in progress are reported on. */
    private void comeToRest() {
        now = now.plus(Duration.ofDays(1));
        while (!check.isAtRest()) {
            for (List<String> one : List.copyOf(deployments)) {
                tell(CommandKind.CANCEL, one.get(0), one.get(1), null);
                tell(CommandKind.REPORT, one.get(0), one.get(1), "succeeded");
            }
        }
    }

    private void tell(CommandKind kind, String application, String deployment, String status) {
        var data = JsonNodeFactory.instance.objectNode().put("application", application);
        data.put("deployment", deployment);
        if (status != null) {
            data.put("status", status);
        }
        send(new SentCommand("/last", "l-" + ids++, kind.type(), data, application, true, now));
    }

    /** Statuses are read before the events that they reflect. */
    private void send(SentCommand sent) {
        now = sent.at() != null && sent.at().isAfter(now) ? sent.at() : now;
        Wire.Raw raw = Wire.toBinary(sent);
        worker.at(sent.at());
        List<ConsumerRecord<byte[], byte[]>> out = worker.send(raw.key(), raw.value(), raw.headers());
        if (sent.isTimer()) {
            ConsumedRecord timer = command(raw);
            if (DeploymentLoad.isOne(timer.key())) {
                check.timer(timer);
            }
        }
        out.stream()
                .map(ConsumedRecord::new)
                .filter(consumed -> isStatus(consumed))
                .forEach(consumed -> check.status(consumed.key().split("/", 2)[0], consumed));
        for (ConsumerRecord<byte[], byte[]> record : out) {
            ConsumedRecord consumed = new ConsumedRecord(record);
            if (record.topic().equals(TopicNames.EVENTS)) {
                check.event(consumed.key(), consumed.value());
                note(consumed);
            } else if (record.topic().equals(TopicNames.RESULTS) && DeploymentLoad.isOne(sent.application())) {
                check.result(consumed, sent);
            }
        }
    }

    private static boolean isStatus(ConsumedRecord consumed) {
        String topic = consumed.record().topic();
        return Set.of(TopicNames.RELEASE_STATUS, TopicNames.DEPLOYMENT_STATUS).contains(topic);
    }

    private void note(ConsumedRecord event) {
        String deployment =
                event.value().at("/customData/lockstep/deployment/id").textValue();
        if (deployment != null) {
            deployments.add(List.of(event.key(), deployment));
        }
    }

    private static ConsumedRecord command(Wire.Raw raw) {
        byte[] key = raw.key() == null ? null : raw.key().getBytes(UTF_8);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(TopicNames.COMMANDS, 0, 0, key, raw.value());
        raw.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        return new ConsumedRecord(record);
    }
}
