package dev.lockstep.render;

import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.common.TraceContext;
import dev.lockstep.domain.deployment.Deployment;
import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * The command that causes the records.
 *
 * @param actor who asked, or null
 * @param reason why, or null
 * @param release, environment those that it named, or null
 * @param correlationId the command's correlation id, or else its id
 * @param trace the command's, or null
 * @param context when it was decided, and on what basis
 * @param time when it was decided, in RFC 3339 format, UTC
 * @param headers the headers that the records have in common
 */
public record Cause(
        String commandId,
        String commandSource,
        String commandType,
        String actor,
        String reason,
        String release,
        String environment,
        String correlationId,
        TraceContext trace,
        DecisionContext context,
        String time,
        List<Header> headers) {

    public static Builder decidedAt(DecisionContext decision) {
        return new Builder(decision);
    }

    /** Sets each part by name: most are texts, which are easily mixed up by position. Parts not given are null. */
    public static final class Builder {

        private final DecisionContext decision;
        private String id;
        private String source;
        private String type;
        private String correlationId;
        private TraceContext trace;
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

        /** @param trace null if none came */
        public Builder trace(TraceContext trace) {
            this.trace = trace;
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

        public Cause build() {
            String time = JsonWriter.time(decision.now());
            return new Cause(
                    id,
                    source,
                    type,
                    actor,
                    reason,
                    release,
                    environment,
                    correlationId,
                    trace,
                    decision,
                    time,
                    CloudEventHeaders.commonHeaders(id, correlationId, trace, time));
        }
    }

    /**
     * The headers of records about a deployment: they carry the correlation id of the command that requested it. An event
     * whose cause is in no trace, such as a timer, is in that command's trace.
     */
    List<Header> headersOf(Deployment deployment) {
        if (deployment == null) {
            return headers;
        }
        Attribution requested = deployment.request().attribution();
        String correlation = requested.correlationId() == null ? correlationId : requested.correlationId();
        TraceContext traceOrRequested = trace == null ? requested.trace() : trace;
        return correlation.equals(correlationId) && traceOrRequested == trace
                ? headers
                : CloudEventHeaders.commonHeaders(commandId, correlation, traceOrRequested, time);
    }

    /** The id of the result of the record at this position of the commands topic: a replay gives the same id. */
    public static String resultId(String topicId, int partition, long offset) {
        return Ids.nameBasedUuid("result/" + topicId + "/" + partition + "/" + offset);
    }
}
