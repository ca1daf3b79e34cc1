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

    /** @param at when it was decided */
    public static Builder decided(Instant at) {
        return new Builder(at);
    }

    /** Each part by its name: most are texts, which are easily mixed up by position. What is not given is null. */
    public static final class Builder {

        private final Instant at;
        private String id;
        private String source;
        private String type;
        private String correlationId;
        private String traceparent;
        private String actor;
        private String reason;
        private String release;
        private String environment;

        private Builder(Instant at) {
            this.at = at;
        }

        public Builder id(String id) {
            this.id = id;
            return this;
        }

        public Builder source(String source) {
            this.source = source;
            return this;
        }

        public Builder type(String type) {
            this.type = type;
            return this;
        }

        /** @param correlationId its own, or null */
        public Builder correlationId(String correlationId) {
            this.correlationId = correlationId;
            return this;
        }

        /** @param traceparent W3C trace context, or null when none came */
        public Builder traceparent(String traceparent) {
            this.traceparent = traceparent;
            return this;
        }

        public Builder actor(String actor) {
            this.actor = actor;
            return this;
        }

        public Builder reason(String reason) {
            this.reason = reason;
            return this;
        }

        public Builder release(String release) {
            this.release = release;
            return this;
        }

        public Builder environment(String environment) {
            this.environment = environment;
            return this;
        }

        public CommandContext build() {
            String time = JsonWriter.time(at);
            String correlation = correlationId == null ? id : correlationId;
            return new CommandContext(
                    id,
                    source,
                    type,
                    actor,
                    reason,
                    release,
                    environment,
                    correlation,
                    time,
                    CloudEventHeaders.ofCause(id, correlation, traceparent, time));
        }
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
