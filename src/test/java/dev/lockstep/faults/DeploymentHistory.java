package dev.lockstep.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the topics say about one application, written by hand: commands, the events that each causes, in the order of revisions,
 * and statuses. A command is accepted when the next one begins, unless its result was given before.
 */
final class DeploymentHistory {

    static final String APPLICATION = "live-0";
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    private final Findings findings = new Findings();
    private final DeploymentLoadCheck check = new DeploymentLoadCheck(findings);
    private Instant now = START;
    private long revision;
    private String source;
    private String id;
    /** Null for a timer, and once it has its result. */
    private SentCommand unanswered;

    private Instant decidedAt;

    /** With environments {@code qa}, in which deployments are reported, and {@code demo}, in which they are not. */
    static DeploymentHistory withEnvironments() {
        return new DeploymentHistory()
                .command("define")
                .environmentEvent("created", "qa", "completion=reported")
                .environmentEvent("created", "demo");
    }

    static Instant time(int seconds) {
        return START.plusSeconds(seconds);
    }

    /** From here on, the time is that many seconds after the beginning. */
    DeploymentHistory at(int seconds) {
        now = time(seconds);
        return this;
    }

    DeploymentHistory quiet() {
        check.quietFrom(now);
        return this;
    }

    // What makes something happen.

    /** The events that follow are caused by this command. */
    DeploymentHistory command(String id) {
        return command(sent(id, CommandKind.DEPLOY, data()));
    }

    DeploymentHistory report(DeploymentFixture fixture, String status) {
        ObjectNode data = data().put("deployment", fixture.id()).put("status", status);
        return command(sent("report-" + fixture.id() + "-" + status + "-" + now, CommandKind.REPORT, data));
    }

    DeploymentHistory command(SentCommand sent) {
        accept();
        unanswered = sent;
        decidedAt = now;
        return by(sent.source(), sent.id());
    }

    private DeploymentHistory by(String source, String id) {
        this.source = source;
        this.id = id;
        return this;
    }

    DeploymentHistory timer(String id) {
        return timer("/lockstep", APPLICATION, id);
    }

    DeploymentHistory timer(String source, String application, String id) {
        accept();
        unanswered = null;
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(TopicNames.COMMANDS, 0, 0, application.getBytes(UTF_8), new byte[0]);
        record.headers().add("ce_source", source.getBytes(UTF_8)).add("ce_id", id.getBytes(UTF_8));
        check.timer(new ConsumedRecord(record));
        return by(source, id);
    }

    /** Nothing in the commands topic: the events that follow have no cause. */
    DeploymentHistory withoutCause() {
        accept();
        unanswered = null;
        return by("/nobody", "nothing");
    }

    static SentCommand sent(String id, CommandKind kind, ObjectNode data) {
        return new SentCommand("/deployments", id, kind.type(), data, APPLICATION, true);
    }

    static ObjectNode data() {
        return object().put("application", APPLICATION);
    }

    /** The result of the current command, as a correct worker would publish it. */
    private void accept() {
        if (unanswered != null) {
            result(result -> {});
        }
    }

    /** The result of the current command, with a change. */
    DeploymentHistory result(Consumer<ObjectNode> change) {
        return result(unanswered, change);
    }

    DeploymentHistory result(SentCommand sent, Consumer<ObjectNode> change) {
        ObjectNode result = object().put("commandId", sent.id())
                .put("commandSource", sent.source())
                .put("commandType", sent.type())
                .put("application", APPLICATION)
                .put("outcome", "accepted")
                .put("duplicate", false)
                .put("revision", revision);
        change.accept(result);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                TopicNames.RESULTS, 0, 0, null, result.toString().getBytes(UTF_8));
        record.headers().add("ce_time", decidedAt.toString().getBytes(UTF_8));
        check.result(new ConsumedRecord(record), sent);
        unanswered = null;
        return this;
    }

    // What happens.

    /** @param policy members and values, such as {@code timeout=PT5S} */
    DeploymentHistory environment(String environment, String... policy) {
        return environmentEvent("modified", environment, policy);
    }

    DeploymentHistory environmentEvent(String what, String environment, String... policy) {
        ObjectNode event = event("dev.cdevents.environment." + what + ".0.3.0");
        ObjectNode told = ours(event).putObject("environment").put("id", environment);
        ObjectNode members = told.putObject("policy").put("completion", "immediate");
        for (String member : policy) {
            String[] pair = member.split("=");
            members.put(pair[0], pair[1]);
        }
        return emit(event);
    }

    DeploymentHistory applicationUpdated() {
        return emit(event("dev.cdeventsx.lockstep-application.updated.0.1.0"));
    }

    /** @param what locked, unlocked, deleted or the like */
    DeploymentHistory release(String what, String release, long createdRevision) {
        ObjectNode event = event("dev.cdeventsx.lockstep-release." + what + ".0.1.0");
        ours(event).put("release", release).put("createdRevision", createdRevision);
        return emit(event);
    }

    /** @param codes why it waits */
    DeploymentHistory queued(DeploymentFixture fixture, String... codes) {
        return life("queued", fixture.waits(codes));
    }

    DeploymentHistory waits(DeploymentFixture fixture, String... codes) {
        return life("waiting", fixture.waits(codes));
    }

    DeploymentHistory starts(DeploymentFixture fixture) {
        return life("started", fixture.starts(now));
    }

    DeploymentHistory ends(DeploymentFixture fixture, String end) {
        return life("finished", fixture.ends(now, end));
    }

    /** Any event about a deployment, with its present state. */
    DeploymentHistory life(String what, DeploymentFixture fixture) {
        ObjectNode event = event("dev.cdeventsx.lockstep-deployment." + what + ".0.1.0");
        content(event, fixture.environment()).put("outcome", fixture.outcome());
        ours(event).set("deployment", fixture.json());
        return emit(event);
    }

    /** Its service event, which comes with success. */
    DeploymentHistory succeeds(DeploymentFixture fixture) {
        String what = fixture.isUndeploy() ? "removed" : "upgraded";
        return service(what, fixture.succeeds(now));
    }

    private DeploymentHistory service(String what, DeploymentFixture fixture) {
        ObjectNode event = event("dev.cdevents.service." + what + ".0.3.0");
        content(event, fixture.environment());
        ours(event).set("deployment", fixture.json());
        return emit(event);
    }

    /** It has started before; now it succeeds and ends. */
    DeploymentHistory succeedsAndEnds(DeploymentFixture fixture) {
        return succeeds(fixture).ends(fixture, "succeeded");
    }

    /** The environment is emptied without a deployment. */
    DeploymentHistory emptied(String environment) {
        ObjectNode event = event("dev.cdevents.service.removed.0.3.0");
        content(event, environment);
        return emit(event);
    }

    private ObjectNode event(String type) {
        ObjectNode event = object();
        event.putObject("context").put("type", type).put("timestamp", now.toString());
        event.putObject("customData")
                .putObject("lockstep")
                .put("commandSource", source)
                .put("commandId", id)
                .put("revision", ++revision);
        return event;
    }

    private static ObjectNode ours(ObjectNode event) {
        return (ObjectNode) event.at("/customData/lockstep");
    }

    private static ObjectNode content(ObjectNode event, String environment) {
        ObjectNode content = event.putObject("subject").putObject("content");
        content.putObject("environment").put("id", environment);
        return content;
    }

    private DeploymentHistory emit(ObjectNode event) {
        check.event(APPLICATION, event);
        return this;
    }

    /** Published with the current event. */
    DeploymentHistory status(StatusFixture status) {
        return status(revision, status);
    }

    DeploymentHistory status(long at, StatusFixture status) {
        return published(status.key(), at, status.json().put("revision", at).toString());
    }

    /** Published with the current event. */
    DeploymentHistory tombstone(StatusFixture status) {
        return published(status.key(), revision, null);
    }

    private DeploymentHistory published(String key, long at, String value) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("status", 0, 0, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
        record.headers().add("ce_apprevision", Long.toString(at).getBytes(UTF_8));
        check.status(APPLICATION, new ConsumedRecord(record));
        return this;
    }

    long revision() {
        return revision;
    }

    // What is found.

    void assertSound() {
        assertThat(finish()).isEmpty();
    }

    void assertFound(Breach breach, String words) {
        assertThat(finish())
                .singleElement()
                .asString()
                .startsWith(breach.label() + ": ")
                .contains(words);
    }

    void assertFound(Breach breach, String words, Breach other, String otherWords) {
        assertThat(finish())
                .hasSize(2)
                .anyMatch(line -> line.startsWith(breach.label() + ": ") && line.contains(words))
                .anyMatch(line -> line.startsWith(other.label() + ": ") && line.contains(otherWords));
    }

    private List<String> finish() {
        accept();
        check.finish();
        return findings.tell();
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
