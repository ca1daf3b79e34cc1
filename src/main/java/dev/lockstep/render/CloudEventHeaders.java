package dev.lockstep.render;

import static dev.lockstep.wire.Headers.header;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;

/** CloudEvents 1.0 attributes as Kafka headers, binary mode (contract, section 2). */
public final class CloudEventHeaders {

    private static final Header SPEC_VERSION = header("ce_specversion", "1.0");
    private static final Header CONTENT_TYPE = header("content-type", "application/json");

    private CloudEventHeaders() {}

    /** What all records that come from a command have in common. */
    static List<Header> ofCause(String commandId, String correlationId, String traceparent, String time) {
        List<Header> headers = new ArrayList<>(6);
        headers.add(SPEC_VERSION);
        headers.add(CONTENT_TYPE);
        headers.add(header("ce_time", time));
        headers.add(header("ce_correlationid", correlationId));
        headers.add(header("ce_causationid", commandId));
        if (traceparent != null) {
            headers.add(header("traceparent", traceparent));
        }
        return headers;
    }

    /**
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
            CommandContext cause) {
        List<Header> headers = new ArrayList<>(12);
        headers.addAll(cause.headers());
        headers.add(header("ce_id", id));
        headers.add(source);
        headers.add(header("ce_type", type));
        if (subject != null) {
            headers.add(header("ce_subject", subject));
        }
        if (application != null) {
            headers.add(header("ce_partitionkey", application));
        }
        if (revision >= 0) {
            headers.add(header("ce_apprevision", Long.toString(revision)));
        }
        return headers;
    }

    static Header source(String source) {
        return header("ce_source", source);
    }
}
