package dev.lockstep.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.Rehearsal;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.Kind;
import dev.lockstep.model.Scope;
import dev.lockstep.model.Sent;
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

/** {@link LivesCheck} finds nothing wrong in what a worker does that the model finds nothing wrong with, whatever it is told to do. */
class LivesCheckRehearsalTest {

    private static final int SEQUENCES = Integer.getInteger("lives.sequences", 60);
    private static final int COMMANDS = 150;
    private static final List<String> APPLICATIONS = List.of("live-0", "live-1");

    private final Findings findings = new Findings();
    private final LivesCheck check = new LivesCheck(findings);
    private final Rehearsal worker = new Rehearsal();
    private final Set<List<String>> deployments = new LinkedHashSet<>();
    private Instant now = Instant.EPOCH;
    private int ids;

    @Test
    void nothingIsFoundWhereNothingIsWrong() {
        Map<String, Long> ends = new HashMap<>();
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            LivesCheckRehearsalTest one = new LivesCheckRehearsalTest();
            new CommandGenerator(seed, APPLICATIONS, Scope.TIMED).take(COMMANDS).forEach(one::send);
            one.comeToRest();
            one.check.finish();
            assertThat(one.findings.tell()).as("seed " + seed).isEmpty();
            one.check.ends().forEach((end, count) -> ends.merge(end, count, Long::sum));
        }
        assertThat(ends.values()).as("" + ends).allMatch(count -> count > 0);
    }

    /** What waits is called off, what is in progress is reported. */
    private void comeToRest() {
        now = now.plus(Duration.ofDays(1));
        while (!check.isAtRest()) {
            for (List<String> one : List.copyOf(deployments)) {
                tell(Kind.CANCEL, one.get(0), one.get(1), null);
                tell(Kind.REPORT, one.get(0), one.get(1), "succeeded");
            }
        }
    }

    private void tell(Kind kind, String application, String deployment, String status) {
        var data = JsonNodeFactory.instance.objectNode().put("application", application);
        data.put("deployment", deployment);
        if (status != null) {
            data.put("status", status);
        }
        send(new Sent("/last", "l-" + ids++, kind.type(), data, application, true, now));
    }

    /** Statuses are read before the events that they tell of. */
    private void send(Sent sent) {
        now = sent.at() != null && sent.at().isAfter(now) ? sent.at() : now;
        Wire.Raw raw = Wire.toBinary(sent);
        worker.at(sent.at());
        List<ConsumerRecord<byte[], byte[]>> out = worker.send(raw.key(), raw.value(), raw.headers());
        if (sent.isTimer()) {
            Out timer = command(raw);
            if (Lives.isOne(timer.key())) {
                check.timer(timer);
            }
        }
        out.stream().map(Out::new).filter(one -> isStatus(one)).forEach(one -> {
            if (one.value() != null) {
                check.status(one.key().split("/", 2)[0], one, one.value());
            }
        });
        for (ConsumerRecord<byte[], byte[]> record : out) {
            Out one = new Out(record);
            if (record.topic().equals(TopicNames.EVENTS)) {
                check.event(one.key(), one.value());
                note(one);
            } else if (record.topic().equals(TopicNames.RESULTS) && Lives.isOne(sent.application())) {
                check.result(one, sent);
            }
        }
    }

    private static boolean isStatus(Out one) {
        String topic = one.record().topic();
        return Set.of(TopicNames.RELEASE_STATUS, TopicNames.DEPLOYMENT_STATUS).contains(topic);
    }

    private void note(Out event) {
        String deployment =
                event.value().at("/customData/lockstep/deployment/id").textValue();
        if (deployment != null) {
            deployments.add(List.of(event.key(), deployment));
        }
    }

    private static Out command(Wire.Raw raw) {
        byte[] key = raw.key() == null ? null : raw.key().getBytes(UTF_8);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(TopicNames.COMMANDS, 0, 0, key, raw.value());
        raw.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        return new Out(record);
    }
}
