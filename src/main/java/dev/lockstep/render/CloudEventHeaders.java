package dev.lockstep.render;

import static dev.lockstep.wire.KafkaHeaders.CE_PREFIX;
import static dev.lockstep.wire.KafkaHeaders.TRACEPARENT;
import static dev.lockstep.wire.KafkaHeaders.TRACESTATE;
import static dev.lockstep.wire.KafkaHeaders.header;

import dev.lockstep.domain.common.TraceContext;
import dev.lockstep.wire.KafkaHeaders;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;

/** CloudEvents 1.0 attributes as Kafka headers, binary mode (contract, section 2). */
public final class CloudEventHeaders {

    private static final Header SPEC_VERSION = header(CE_PREFIX + "specversion", "1.0");
    private static final Header CONTENT_TYPE = header(KafkaHeaders.CONTENT_TYPE, "application/json");

    private CloudEventHeaders() {}

    /** The headers that all records caused by a command have in common. */
    static List<Header> commonHeaders(String commandId, String correlationId, TraceContext trace, String time) {
        List<Header> headers = new ArrayList<>(7);
        headers.add(SPEC_VERSION);
        headers.add(CONTENT_TYPE);
        headers.add(header(CE_PREFIX + "time", time));
        headers.add(header(CE_PREFIX + "correlationid", correlationId));
        headers.add(header(CE_PREFIX + "causationid", commandId));
        if (trace != null) {
            headers.add(header(TRACEPARENT, trace.traceparent()));
            if (trace.tracestate() != null) {
                headers.add(header(TRACESTATE, trace.tracestate()));
            }
        }
        return headers;
    }

    /**
     * @param commonHeaders the headers that all records caused by the command have in common
     * @param subject null leaves the header out
     * @param application null leaves the header out
     * @param revision the application's; below 0 leaves the header out
     */
    static List<Header> of(
            String id,
            Header source,
            String type,
            String subject,
            String application,
            long revision,
            List<Header> commonHeaders) {
        List<Header> headers = new ArrayList<>(13);
        headers.addAll(commonHeaders);
        headers.add(header(CE_PREFIX + "id", id));
        headers.add(source);
        headers.add(header(CE_PREFIX + "type", type));
        if (subject != null) {
            headers.add(header(CE_PREFIX + "subject", subject));
        }
        if (application != null) {
            headers.add(header(CE_PREFIX + "partitionkey", application));
        }
        if (revision >= 0) {
            headers.add(header(KafkaHeaders.REVISION, Long.toString(revision)));
        }
        return headers;
    }

    /** The header that says why a tombstone was written. */
    static Header tombstoneReason(String reason) {
        return header(KafkaHeaders.TOMBSTONE_REASON, reason);
    }

    static Header source(String source) {
        return header(CE_PREFIX + "source", source);
    }
}
