package dev.lockstep.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.InMemoryWorker;
import dev.lockstep.wire.KafkaHeaders;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class StatusRecordsTest {

    /** Readers may skip a record whose id they know; the revision is that of the event before, as there is none. */
    @Test
    void anEnvironmentThatIsPublishedAgainWithoutAnEventHasAnotherIdEachTime() {
        InMemoryWorker worker = new InMemoryWorker();
        worker.send("release.create", "{'application':'shop','release':'1','title':'One'}");
        worker.send("release.create", "{'application':'shop','release':'2','title':'Two'}");
        worker.send("release.create", "{'application':'shop','release':'3','title':'Three'}");
        worker.send(
                "environment.configure",
                "{'application':'shop','environment':'staging','policy':{'completion':'reported','whenBusy':'queue'}}");
        worker.send("release.deploy", "{'application':'shop','release':'1'}");
        worker.send("release.deploy", "{'application':'shop','release':'2'}");
        List<String> ids = List.of(republished(worker), republished(worker), republished(worker));
        assertThat(ids).doesNotHaveDuplicates();
    }

    /** By a command that changes nothing, while something else is thought to be published. */
    private static String republished(InMemoryWorker worker) {
        worker.application("shop").environment("staging").setBlockersDigest("other reasons");
        ConsumerRecord<byte[], byte[]> status =
                worker.send("release.update", "{'application':'shop','release':'3','title':'Three'}").stream()
                        .filter(record -> record.topic().equals(InMemoryWorker.TOPICS.deploymentStatus()))
                        .reduce((record, other) -> {
                            throw new AssertionError("two statuses");
                        })
                        .orElseThrow();
        return KafkaHeaders.lastText(status.headers(), "ce_id");
    }
}
