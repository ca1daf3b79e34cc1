package dev.lockstep.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.listener.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLetterLogTest extends Handler {

    private static final Logger LOG = Logger.getLogger(DeadLetterLog.class.getName());

    private final List<String> said = new ArrayList<>();
    private final DeadLetterLog log = new DeadLetterLog("commands");

    @BeforeEach
    void listen() {
        LOG.addHandler(this);
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(this);
    }

    @Test
    void oneIsSaidWithItsPlaceAndItsReason() {
        log.deadLettered(new DeadLetter(3, 41, "NO_JSON", "The value is not a JSON object."));
        log.endMinute();

        assertThat(said)
                .containsExactly(
                        "Dead letter record=commands-3@41 kind=NO_JSON reason=The value is not a JSON object.");
    }

    @Test
    void thousandsMakeFewLines() {
        for (int i = 0; i < 4_000; i++) {
            log.deadLettered(new DeadLetter(0, i, i % 4 == 0 ? "TOO_LARGE" : "NO_JSON", "A reason."));
        }
        log.endMinute();

        assertThat(said).hasSize(11);
        assertThat(said.get(10))
                .isEqualTo("More dead letters within a minute records=3990 kinds={NO_JSON=2993, TOO_LARGE=997}"
                        + " last=commands-0@3999");
    }

    @Test
    void theNextMinuteBeginsAnew() {
        for (int i = 0; i < 12; i++) {
            log.deadLettered(new DeadLetter(0, i, "NO_JSON", "A reason."));
        }
        log.endMinute();
        log.deadLettered(new DeadLetter(0, 12, null, "A reason."));
        log.endMinute();

        assertThat(said).hasSize(12).last().asString().contains("record=commands-0@12");
    }

    @Override
    public void publish(LogRecord record) {
        said.add(new PatternFormatter("%s").format((ExtLogRecord) record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
