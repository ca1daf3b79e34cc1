package dev.lockstep.render;

import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.common.TraceContext;
import dev.lockstep.domain.deployment.Deployment;
import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * The command or timer that causes the records.
 *
 * @param attribution to whom it is attributed, and why it was asked for; always with a correlation id
 * @param release the one that it named, or null
 * @param environment the one that it named, or null
 * @param context when it was decided, and on what basis
 * @param time when it was decided, in RFC 3339 format, UTC
 * @param headers the headers that the records have in common
 */
public record Cause(
        String commandId,
        String commandSource,
        String commandType,
        Attribution attribution,
        String release,
        String environment,
        DecisionContext context,
        String time,
        List<Header> headers) {

    public static Builder builder(DecisionContext decision) {
        return new Builder(decision);
    }

    /** Sets each part by name: most are texts, which are easily mixed up by position. Parts not given are null. */
    public static final class Builder {

        private final DecisionContext decision;
        private String id;
        private String source;
        private String type;
        private Attribution attribution;
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

        public Builder attribution(Attribution attribution) {
            this.attribution = attribution;
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
            String time = JsonWriter.formatTime(decision.now());
            return new Cause(
                    id,
                    source,
                    type,
                    attribution,
                    release,
                    environment,
                    decision,
                    time,
                    CloudEventHeaders.commonHeaders(id, attribution.correlationId(), attribution.trace(), time));
        }
    }

    /**
     * The headers of records about a deployment: they carry the correlation id of the command that requested it. An event
     * whose cause is in no trace, such as a timer, is in that command's trace.
     */
    List<Header> headersFor(Deployment deployment) {
        if (deployment == null) {
            return headers;
        }
        Attribution requested = deployment.request().attribution();
        String own = attribution.correlationId();
        String correlation = requested.correlationId() == null ? own : requested.correlationId();
        TraceContext trace = attribution.trace() == null ? requested.trace() : attribution.trace();
        return correlation.equals(own) && trace == attribution.trace()
                ? headers
                : CloudEventHeaders.commonHeaders(commandId, correlation, trace, time);
    }

    /** The id of the result of the record at this position of the commands topic: a replay gives the same id. */
    public static String resultId(String topicId, int partition, long offset) {
        return Ids.nameBasedUuid("result/" + topicId + "/" + partition + "/" + offset);
    }
}
