package dev.lockstep.publish;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** CloudEvents 1.0 attributes as Kafka headers, binary mode (contract, section 2). */
final class CloudEventHeaders {

    private static final Header SPEC_VERSION = header("ce_specversion", "1.0");
    private static final Header CONTENT_TYPE = header("content-type", "application/json");

    private CloudEventHeaders() {}

    /**
     * @param subject, application null leaves the header out
     * @param revision the application's; below 0 leaves the header out
     */
    static List<Header> of(
            String id, String source, String type, String subject, String application, long revision, Cause cause) {
        List<Header> headers = new ArrayList<>(12);
        headers.add(SPEC_VERSION);
        headers.add(header("ce_id", id));
        headers.add(header("ce_source", source));
        headers.add(header("ce_type", type));
        headers.add(header("ce_time", cause.at().toString()));
        if (subject != null) {
            headers.add(header("ce_subject", subject));
        }
        if (application != null) {
            headers.add(header("ce_partitionkey", application));
        }
        headers.add(header("ce_correlationid", cause.correlationId()));
        headers.add(header("ce_causationid", cause.commandId()));
        if (cause.traceparent() != null) {
            headers.add(header("traceparent", cause.traceparent()));
        }
        if (revision >= 0) {
            headers.add(header("ce_apprevision", Long.toString(revision)));
        }
        headers.add(CONTENT_TYPE);
        return headers;
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
