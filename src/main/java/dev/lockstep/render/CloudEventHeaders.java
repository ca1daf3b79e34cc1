package dev.lockstep.render;

import static dev.lockstep.wire.KafkaHeaders.CE_PREFIX;
import static dev.lockstep.wire.KafkaHeaders.TRACEPARENT;
import static dev.lockstep.wire.KafkaHeaders.header;

import dev.lockstep.wire.KafkaHeaders;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;

/** CloudEvents 1.0 attributes as Kafka headers, binary mode (contract, section 2). */
public final class CloudEventHeaders {

    private static final Header SPEC_VERSION = header(CE_PREFIX + "specversion", "1.0");
    private static final String CORRELATION_ID = CE_PREFIX + "correlationid";
    private static final Header CONTENT_TYPE = header(KafkaHeaders.CONTENT_TYPE, "application/json");

    private CloudEventHeaders() {}

    /** The headers that all records caused by a command have in common. */
    static List<Header> commonHeaders(String commandId, String correlationId, String traceparent, String time) {
        List<Header> headers = new ArrayList<>(6);
        headers.add(SPEC_VERSION);
        headers.add(CONTENT_TYPE);
        headers.add(header(CE_PREFIX + "time", time));
        headers.add(header(CORRELATION_ID, correlationId));
        headers.add(header(CE_PREFIX + "causationid", commandId));
        if (traceparent != null) {
            headers.add(header(TRACEPARENT, traceparent));
        }
        return headers;
    }

    /** The same headers with another correlation id. */
    static List<Header> withCorrelationId(List<Header> ofCause, String correlationId) {
        return ofCause.stream()
                .map(header -> header.key().equals(CORRELATION_ID) ? header(CORRELATION_ID, correlationId) : header)
                .toList();
    }

    /**
     * @param ofCause the headers that all records caused by the command have in common
     * @param subject, application null leaves the header out
     * @param revision the application's; below 0 leaves the header out
     */
    static List<Header> of(
            String id,
            Header source,
            String type,
            String subject,
            String application,
            long revision,
            List<Header> ofCause) {
        List<Header> headers = new ArrayList<>(12);
        headers.addAll(ofCause);
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
    static Header reason(String reason) {
        return header(KafkaHeaders.TOMBSTONE_REASON, reason);
    }

    static Header source(String source) {
        return header(CE_PREFIX + "source", source);
    }
}
