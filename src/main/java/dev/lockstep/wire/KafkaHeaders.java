package dev.lockstep.wire;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Names of headers that more than one package writes or reads, and how they are encoded (contract, sections 2 and 4). */
public final class KafkaHeaders {

    /** In binary mode, with the name of a CloudEvents attribute behind it. */
    public static final String CE_PREFIX = "ce_";

    /** Of what is published in binary mode, and of commands in either. */
    public static final String CONTENT_TYPE = "content-type";

    /** Of what is published about an application: its revision then. */
    public static final String REVISION = CE_PREFIX + "apprevision";

    /** Of a tombstone: why what it tells of is gone. */
    public static final String TOMBSTONE_REASON = CE_PREFIX + "lockstepreason";

    /** W3C Trace Context; passed on as it came. */
    public static final String TRACEPARENT = "traceparent";

    /** Of a command, for the worker alone: it is in nothing that is published but a command that is moved. */
    public static final String AUTHORIZATION = "authorization";

    /** All that the worker adds to a dead letter begin with it, and stand behind the record's own, which may too. */
    public static final String DEAD_LETTER_PREFIX = "dead-letter-";

    /** Of a dead letter: why it is one, in a sentence. The first that the worker adds. */
    public static final String DEAD_LETTER_REASON = DEAD_LETTER_PREFIX + "reason";

    /** Of a shortened dead letter: the number of bytes its value had, in decimal. */
    public static final String DEAD_LETTER_TRUNCATED = DEAD_LETTER_PREFIX + "truncated";

    private KafkaHeaders() {}

    public static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** @return the text of the last header of that name; "" for none, and for a null */
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
