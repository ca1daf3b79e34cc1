package dev.lockstep.wire;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Names of headers that more than one package writes or reads, and how they are encoded (contract, sections 2 and 4). */
public final class KafkaHeaders {

    /** Prefix in binary mode, followed by the name of a CloudEvents attribute. */
    public static final String CE_PREFIX = "ce_";

    public static final String TYPE = CE_PREFIX + "type";

    /** Set on records published in binary mode, and on commands in either mode. */
    public static final String CONTENT_TYPE = "content-type";

    /** Set on events and status records: the application's revision at that time. */
    public static final String REVISION = CE_PREFIX + "apprevision";

    /** On a tombstone: why its subject no longer exists. */
    public static final String TOMBSTONE_REASON = CE_PREFIX + "lockstepreason";

    /** W3C Trace Context; passed on as it came. */
    public static final String TRACEPARENT = "traceparent";

    public static final String TRACESTATE = "tracestate";

    /**
     * Reserved for credentials, which the worker does not read: a moved command keeps it, and nothing else published carries
     * it.
     */
    public static final String AUTHORIZATION = "authorization";

    /** Prefix of all headers that the worker adds to a dead letter. They follow the record's own, which may use it too. */
    public static final String DEAD_LETTER_PREFIX = "dead-letter-";

    /** Set on a dead letter: why it is one, in a short text. The first header that the worker adds. */
    public static final String DEAD_LETTER_REASON = DEAD_LETTER_PREFIX + "reason";

    /** Set on a shortened dead letter: the original number of bytes of its value, in decimal. */
    public static final String DEAD_LETTER_TRUNCATED = DEAD_LETTER_PREFIX + "truncated";

    private KafkaHeaders() {}

    public static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** @return the text of the last header of that name; "" if there is none or it is null */
    public static String lastText(Iterable<Header> headers, String name) {
        byte[] last = null;
        for (Header header : headers) {
            if (header.key().equals(name)) {
                last = header.value();
            }
        }
        return last == null ? "" : new String(last, StandardCharsets.UTF_8);
    }
}
