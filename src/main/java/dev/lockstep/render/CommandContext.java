package dev.lockstep.render;

import dev.lockstep.domain.Deployment;
import dev.lockstep.domain.Ids;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * The command that records come from.
 *
 * @param actor who asked, or null
 * @param reason why, or null
 * @param release, environment that it named, or null
 * @param correlationId of the command, or else its id
 * @param time when it was decided, as of RFC 3339, in UTC
 * @param headers what the records have in common
 */
public record CommandContext(
        String commandId,
        String commandSource,
        String commandType,
        String actor,
        String reason,
        String release,
        String environment,
        String correlationId,
        String time,
        List<Header> headers) {

    /**
     * @param correlationId its own, or null
     * @param traceparent W3C trace context, or null when none came
     */
    public static CommandContext of(
            String commandId,
            String commandSource,
            String commandType,
            String correlationId,
            String traceparent,
            String actor,
            String reason,
            String release,
            String environment,
            Instant at) {
        String time = JsonWriter.time(at);
        String correlation = correlationId == null ? commandId : correlationId;
        return new CommandContext(
                commandId,
                commandSource,
                commandType,
                actor,
                reason,
                release,
                environment,
                correlation,
                time,
                CloudEventHeaders.ofCause(commandId, correlation, traceparent, time));
    }

    /** The headers of what is about a deployment: they carry what the command that asked for it was correlated with. */
    List<Header> headersOf(Deployment deployment) {
        String asked = deployment == null ? null : deployment.request().correlationId();
        return asked == null || asked.equals(correlationId) ? headers : CloudEventHeaders.correlated(headers, asked);
    }

    /** The id of the result of the record at this place of the commands topic: a replay gives the same. */
    public static String resultId(String topicId, int partition, long offset) {
        return Ids.named("result/" + topicId + "/" + partition + "/" + offset);
    }
}
