package dev.lockstep.render;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.deployment.Deployment;
import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * The command that records come from.
 *
 * @param actor who asked, or null
 * @param reason why, or null
 * @param release, environment that it named, or null
 * @param correlationId of the command, or else its id
 * @param decision when it was decided, and what was looked at
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
        DecisionContext decision,
        String time,
        List<Header> headers) {

    public static Builder decidedAt(DecisionContext decision) {
        return new Builder(decision);
    }

    /** Each part by its name: most are texts, which are easily mixed up by position. What is not given is null. */
    public static final class Builder {

        private final DecisionContext decision;
        private String id;
        private String source;
        private String type;
        private String correlationId;
        private String traceparent;
        private String actor;
        private String reason;
        private String release;
        private String environment;

        private Builder(DecisionContext decision) {
            this.decision = decision;
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
            String time = JsonWriter.time(decision.now());
            return new CommandContext(
                    id,
                    source,
                    type,
                    actor,
                    reason,
                    release,
                    environment,
                    correlationId,
                    decision,
                    time,
                    CloudEventHeaders.commonHeaders(id, correlationId, traceparent, time));
        }
    }

    /** The headers of what is about a deployment: they carry what the command that asked for it was correlated with. */
    List<Header> headersOf(Deployment deployment) {
        String asked = deployment == null ? null : deployment.request().correlationId();
        return asked == null || asked.equals(correlationId)
                ? headers
                : CloudEventHeaders.withCorrelationId(headers, asked);
    }

    /** The id of the result of the record at this place of the commands topic: a replay gives the same. */
    public static String resultId(String topicId, int partition, long offset) {
        return Ids.nameBasedUuid("result/" + topicId + "/" + partition + "/" + offset);
    }
}
