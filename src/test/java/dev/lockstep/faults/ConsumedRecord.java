package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A record that the worker published, read as any consumer would read it. */
record ConsumedRecord(ConsumerRecord<byte[], byte[]> record) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ALWAYS =
            List.of("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_correlationid", "ce_causationid");

    /** Null if it is missing. */
    String header(String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The application's revision, -1 if it is missing. */
    long revision() {
        String revision = header("ce_apprevision");
        return revision == null ? -1 : Long.parseLong(revision);
    }

    String key() {
        return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    }

    /** Null for a tombstone. */
    JsonNode value() {
        try {
            return record.value() == null ? null : JSON.readTree(record.value());
        } catch (IOException e) {
            throw new IllegalStateException("Not JSON: " + this, e);
        }
    }

    /** Checks what the contract's section 2 says about headers. */
    void checkHeaders(Findings findings, String application) {
        for (String name : ALWAYS) {
            if (header(name) == null) {
                findings.add(Findings.Breach.DIFFERING, this + " has no header " + name);
            }
        }
        if (application == null) {
            return;
        }
        if (!application.equals(header("ce_partitionkey"))) {
            findings.add(Findings.Breach.DIFFERING, this + " has a ce_partitionkey other than " + application);
        }
    }

    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset() + " key=" + key();
    }
}
