package dev.lockstep.wire;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Names of headers of what is published, and how they are written (contract, sections 2 and 4). */
public final class Headers {

    /** Of a dead letter: why it is one, in a sentence. */
    public static final String DEAD_LETTER_REASON = "dead-letter-reason";

    /** Of a shortened dead letter: the number of bytes its value had, in decimal. */
    public static final String DEAD_LETTER_TRUNCATED = "dead-letter-truncated";

    private Headers() {}

    public static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** @return the text of the last header of that name, or "" */
    public static String text(Iterable<Header> headers, String name) {
        String text = "";
        for (Header header : headers) {
            if (header.key().equals(name)) {
                text = new String(header.value(), StandardCharsets.UTF_8);
            }
        }
        return text;
    }
}
