package dev.lockstep.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What nobody needs to see is archived automatically, when the policy is set and a day later. */
class AutomaticArchivingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestInstallation stage;

    @BeforeAll
    static void start() {
        stage = TestInstallation.open("keep");
        stage.startReady();
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void oldReleasesAreArchivedAtOnceAndThoseThatBecomeOldADayLater() {
        outcome("release.create.v1", "'release':'1','title':'One'");
        outcome("release.create.v1", "'release':'2','title':'Two'");
        twoDaysPass();
        outcome("release.create.v1", "'release':'3','title':'Three'");

        outcome("pipeline.define.v1", "'environments':[{'id':'development'}],'keep':{'releases':1,'days':1}");

        assertThat(gone(2)).containsExactly("shop/1", "shop/2");
        assertThat(archivedEvent("shop/2").at("/customData/lockstep").has("actor"))
                .isFalse();
        assertThat(outcome("release.update.v1", "'release':'1','title':'Uno'")
                        .at("/problem/code")
                        .textValue())
                .isEqualTo("RELEASE_ARCHIVED");
        await().atMost(PATIENCE)
                .until(() -> stage.number(
                                "select count(*) from timer where due > now() + interval '23 hours' and application = 'shop'")
                        == 1);

        outcome("release.create.v1", "'release':'4','title':'Four'");
        twoDaysPass();
        assertThat(gone(3)).last().isEqualTo("shop/3");
        assertThat(stage.number("select count(*) from release where not archived"))
                .isEqualTo(1);
    }

    /** The database's clock cannot be moved, so the stored times are. */
    private static void twoDaysPass() {
        long days = Duration.ofDays(2).toMillis();
        stage.sql("update release set state = (state::jsonb || jsonb_build_object('createdAt',"
                + " (state::jsonb ->> 'createdAt')::int8 - " + days + "))::text");
        stage.sql("update application set state = jsonb_set(state::jsonb, '{keep,due}',"
                + " to_jsonb((state::jsonb #>> '{keep,due}')::int8 - " + days
                + "))::text where state::jsonb ? 'keep'");
        stage.sql("update timer set due = due - interval '2 days', send_after = now()");
    }

    private static JsonNode outcome(String type, String data) {
        return stage.wire.outcome(type, "shop", data);
    }

    /** The keys of the tombstones, in order, once there are that many. */
    private static List<String> gone(int count) {
        return stage.wire.await(TopicClient.RELEASES, count, record -> record.value() == null).stream()
                .map(TopicClient::key)
                .toList();
    }

    private static JsonNode archivedEvent(String release) {
        ConsumerRecord<byte[], byte[]> event = stage.wire.await(
                TopicClient.EVENTS,
                record -> TopicClient.header(record, "ce_type").contains("release.archived")
                        && TopicClient.header(record, "ce_subject").equals(release));
        return TopicClient.json(event);
    }
}
