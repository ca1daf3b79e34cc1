package dev.lockstep.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.InMemoryWorker;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.PublishedEvent;
import dev.lockstep.listener.PublishedRecord;
import dev.lockstep.listener.WorkerListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class PublicationReporterTest {

    private static final RecordOutcome ACCEPTED = new RecordOutcome(RecordOutcome.Kind.ACCEPTED, "a type", null);

    private final InMemoryWorker worker = new InMemoryWorker();
    private final List<PublishedRecord> published = new ArrayList<>();
    private final PublicationReporter reporter = new PublicationReporter(
            new Listeners(List.of(new WorkerListener() {
                @Override
                public void published(List<PublishedRecord> records, Duration took) {
                    published.addAll(records);
                }
            })),
            InMemoryWorker.TOPICS);

    @Test
    void listenersLearnTheEventsAndHowDeploymentsEnded() {
        assertThat(events("release.create", "'release':'1','title':'One'"))
                .contains(new PublishedEvent("dev.cdeventsx.lockstep-release.created.0.1.0", null));
        events("environment.configure", "'environment':'staging','policy':{'completion':'reported'}");
        String deployment = deployment();
        assertThat(events("deployment.report", "'deployment':'" + deployment + "','status':'failed'"))
                .containsExactly(new PublishedEvent("dev.cdeventsx.lockstep-deployment.finished.0.1.0", "failure"));
    }

    private String deployment() {
        worker.send("release.deploy", "{'application':'shop','release':'1'}");
        return worker.latest(InMemoryWorker.TOPICS.results(), "shop")
                .get("deployment")
                .textValue();
    }

    private List<PublishedEvent> events(String type, String data) {
        published.clear();
        List<OutgoingRecord> records = worker.send(type, "{'application':'shop'," + data + "}").stream()
                .map(PublicationReporterTest::outgoing)
                .toList();
        PartitionOutcome outcome =
                new PartitionOutcome(0, 1, null, 1, true, null, List.of(new RecordOutput(0, ACCEPTED, records)));
        AppliedBatch batch =
                new AppliedBatch(null, new InFlightBatch(0, 0, 1, List.of(), Set.of(), false), List.of(outcome));
        reporter.report(new PublishOutcome(Map.of(0, 1L), Set.of()), batch, Duration.ZERO);
        assertThat(published).hasSize(1);
        return published.get(0).events();
    }

    private static OutgoingRecord outgoing(ConsumerRecord<byte[], byte[]> record) {
        return new OutgoingRecord(
                record.topic(),
                record.partition(),
                record.key(),
                record.value(),
                List.of(record.headers().toArray()),
                null);
    }
}
