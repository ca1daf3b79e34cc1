package dev.lockstep.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A dashboard as somebody might have written it for the first release. Frozen: a change to the worker that needs a change here
 * breaks real consumers. It ignores what it does not know, and fails if something it relies on is missing.
 */
final class FirstConsumer {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> outcomes = new TreeMap<>();
    private final Map<String, String> releases = new TreeMap<>();
    private final Map<String, String> environments = new TreeMap<>();
    private final List<String> deployments = new ArrayList<>();
    private final Map<String, Long> revisions = new TreeMap<>();

    /** What the dashboard shows, in text. */
    record Shown(
            Map<String, String> outcomes,
            Map<String, String> releases,
            Map<String, String> environments,
            List<String> deployments) {}

    static Shown dashboard(List<ConsumerRecord<byte[], byte[]>> records) {
        FirstConsumer consumer = new FirstConsumer();
        records.forEach(consumer::read);
        return new Shown(consumer.outcomes, consumer.releases, consumer.environments, consumer.deployments);
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        switch (record.topic()) {
            case "lockstep.results.v1" -> outcome(header(record, "ce_type"), json(record.value()));
            case "lockstep.events.v1" -> event(record, json(record.value()));
            case "lockstep.release-status.v1" -> status(releases, record, FirstConsumer::release);
            case "lockstep.deployment-status.v1" -> status(environments, record, FirstConsumer::environment);
            default -> {}
        }
    }

    private void outcome(String type, JsonNode result) {
        boolean accepted = type.equals("dev.lockstep.command.accepted.v1");
        String told = accepted ? "accepted" : "refused " + text(result, "/problem/code");
        if (!accepted && text(result, "/problem/detail").isBlank()) {
            throw new IllegalStateException("a refusal without a reason");
        }
        if (bool(result, "/duplicate")) {
            told += " before";
        }
        outcomes.merge(
                text(result, "/commandId"),
                told + " " + number(result, "/revision") + lockReasons(result.at("/problem/lockReasons")),
                (first, second) -> first + ", then " + second);
    }

    private void event(ConsumerRecord<byte[], byte[]> record, JsonNode event) {
        String application = text(event, "/customData/lockstep/application");
        long revision = number(event, "/customData/lockstep/revision");
        long before = revisions.getOrDefault(application, 0L);
        if (revision != before + 1 || revision != Long.parseLong(header(record, "ce_apprevision"))) {
            throw new IllegalStateException("revision " + revision + " after " + before);
        }
        revisions.put(application, revision);
        String type = text(event, "/context/type");
        if (!type.startsWith("dev.cdevents.service.") || type.contains(".removed.")) {
            return;
        }
        JsonNode deployment = event.at("/customData/lockstep/deployment");
        deployments.add(String.join(
                " ",
                type,
                application,
                text(event, "/subject/content/environment/id"),
                text(event, "/subject/content/artifactId"),
                text(event, "/customData/lockstep/release"),
                text(deployment, "/status"),
                text(deployment, "/action"),
                text(deployment, "/finishedAt"),
                deployment.at("/source/commitSha").asText("no commit"),
                deployment.at("/source/committedAt").asText("never")));
    }

    private static void status(
            Map<String, String> table,
            ConsumerRecord<byte[], byte[]> record,
            java.util.function.Function<JsonNode, String> row) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            table.remove(key);
        } else {
            table.put(key, row.apply(json(record.value())));
        }
    }

    private static String release(JsonNode status) {
        StringBuilder row = new StringBuilder(text(status, "/title"));
        row.append(bool(status, "/deletable") ? " deletable" : " locked")
                .append(lockReasons(status.at("/lockReasons")));
        for (JsonNode placement : status.path("placements")) {
            row.append(" | ")
                    .append(text(placement, "/environment"))
                    .append(' ')
                    .append(text(placement, "/status"))
                    .append(" from ")
                    .append(orNull(placement, "/linkedFrom"));
        }
        return row.append(" | next ")
                .append(orNull(status, "/next"))
                .append(" at ")
                .append(number(status, "/revision"))
                .toString();
    }

    private static String environment(JsonNode status) {
        JsonNode current = present(status, "/current");
        JsonNode previous = present(status, "/previous");
        return number(status, "/environment/position")
                + " " + orNull(status, "/environment/tier")
                + " runs "
                + (current.isNull() ? "nothing" : text(current, "/release") + " since " + text(current, "/since"))
                + " before " + (previous.isNull() ? "nothing" : text(previous, "/release"))
                + " back to " + orNull(status, "/rollbackTo")
                + " at " + number(status, "/revision");
    }

    private static String lockReasons(JsonNode reasons) {
        StringBuilder told = new StringBuilder();
        for (JsonNode reason : reasons) {
            told.append(" [")
                    .append(text(reason, "/code"))
                    .append(' ')
                    .append(text(reason, "/environment"))
                    .append(' ')
                    .append(text(reason, "/since"))
                    .append(']');
        }
        return told.toString();
    }

    private static String text(JsonNode node, String pointer) {
        return must(node.at(pointer).isTextual(), node.at(pointer), pointer).asText();
    }

    private static long number(JsonNode node, String pointer) {
        return must(node.at(pointer).isIntegralNumber(), node.at(pointer), pointer)
                .asLong();
    }

    private static boolean bool(JsonNode node, String pointer) {
        return must(node.at(pointer).isBoolean(), node.at(pointer), pointer).asBoolean();
    }

    private static String orNull(JsonNode node, String pointer) {
        JsonNode value = present(node, pointer);
        return must(value.isNull() || value.isTextual(), value, pointer).asText();
    }

    private static JsonNode present(JsonNode node, String pointer) {
        return must(!node.at(pointer).isMissingNode(), node.at(pointer), pointer);
    }

    private static JsonNode must(boolean fine, JsonNode value, String pointer) {
        if (!fine) {
            throw new IllegalStateException(pointer + " is " + value.getNodeType());
        }
        return value;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null) {
            throw new IllegalStateException("no header " + name);
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
