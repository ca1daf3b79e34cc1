package dev.lockstep.decode;

import static dev.lockstep.decode.Records.binary;
import static dev.lockstep.decode.Records.decode;
import static dev.lockstep.decode.Records.utf8;
import static dev.lockstep.decode.envelope.DeadLetterKind.BAD_ENVELOPE;
import static dev.lockstep.decode.envelope.DeadLetterKind.NO_CLOUD_EVENT;
import static dev.lockstep.decode.envelope.DeadLetterKind.NO_JSON;
import static dev.lockstep.decode.envelope.DeadLetterKind.TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.of;

import dev.lockstep.config.LimitsConfig;
import dev.lockstep.decode.Decoded.Undecodable;
import dev.lockstep.decode.Records.Builder;
import dev.lockstep.decode.envelope.DeadLetterKind;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The reasons by which dead letters are counted; what their senders are told is tested in {@link FirstMistakesTest}. */
class DeadLetterKindTest {

    private static final String ENVELOPE = "{'specversion':'1.0','id':'1','source':'/ci','type':'t'";

    static Stream<Arguments> records() {
        return Stream.of(
                of(new Builder(), NO_CLOUD_EVENT),
                of(new Builder().value("no json"), NO_CLOUD_EVENT),
                of(new Builder().value("{'release':'1'}"), NO_CLOUD_EVENT),
                of(new Builder().header("content-type", "application/cloudevents-batch+json"), NO_CLOUD_EVENT),
                of(new Builder().header("content-type", "text/plain").value(ENVELOPE + "}"), NO_CLOUD_EVENT),
                of(new Builder().value("\uFEFF{}"), NO_CLOUD_EVENT),
                of(new Builder().value("{"), NO_CLOUD_EVENT),
                of(new Builder().value("{'specversion':'1.0',"), NO_JSON),
                of(structured(""), NO_JSON),
                of(structured("[]"), NO_JSON),
                of(structured(ENVELOPE), NO_JSON),
                of(structured(ENVELOPE + "} {}"), NO_JSON),
                of(structured("{}"), BAD_ENVELOPE),
                of(structured(ENVELOPE + ",'id':'2'}"), BAD_ENVELOPE),
                of(structured(ENVELOPE + ",'data':{},'data':{}}"), BAD_ENVELOPE),
                of(binary("t", "{}").without("ce_id"), BAD_ENVELOPE),
                of(binary("t", "{}").header("ce_specversion", "0.3"), BAD_ENVELOPE),
                of(binary("t", "{}").alsoHeader("content-type", utf8("application/json")), BAD_ENVELOPE),
                of(binary("t", " ".repeat(LimitsConfig.DEFAULT_MAX_RECORD_BYTES + 1)), TOO_LARGE));
    }

    @ParameterizedTest
    @MethodSource("records")
    void eachIsOfOneKind(Builder record, DeadLetterKind kind) {
        assertThat(decode(record.build()))
                .isInstanceOfSatisfying(Undecodable.class, undecodable -> assertThat(undecodable.kind())
                        .as(undecodable.reason())
                        .isEqualTo(kind));
    }

    private static Builder structured(String value) {
        return new Builder()
                .header("content-type", "application/cloudevents+json")
                .value(value);
    }
}
