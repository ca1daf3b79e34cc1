package dev.lockstep.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

class KafkaHeadersTest {

    private static final Header NULL = new RecordHeader("reason", (byte[]) null);

    @Test
    void theLastHeaderOfANameCounts() {
        assertThat(KafkaHeaders.lastText(List.of(reason("a"), reason("b")), "reason"))
                .isEqualTo("b");
        assertThat(KafkaHeaders.lastText(List.of(reason("a")), "other")).isEmpty();
    }

    /** A foreign record may have one; reading a dead letter that repeats it must not fail. */
    @Test
    void aHeaderWithoutAValueIsNoText() {
        assertThat(KafkaHeaders.lastText(List.of(NULL, reason("b")), "reason")).isEqualTo("b");
        assertThat(KafkaHeaders.lastText(List.of(reason("a"), NULL), "reason")).isEmpty();
    }

    private static Header reason(String text) {
        return new RecordHeader("reason", text.getBytes(StandardCharsets.UTF_8));
    }
}
