package dev.lockstep.decode;

import static dev.lockstep.decode.Records.CANCEL;
import static dev.lockstep.decode.Records.CONFIGURE;
import static dev.lockstep.decode.Records.CREATE;
import static dev.lockstep.decode.Records.DEFINE;
import static dev.lockstep.decode.Records.DELETE;
import static dev.lockstep.decode.Records.DEPLOY;
import static dev.lockstep.decode.Records.FULL;
import static dev.lockstep.decode.Records.REPORT;
import static dev.lockstep.decode.Records.ROLLBACK;
import static dev.lockstep.decode.Records.binary;
import static dev.lockstep.decode.Records.decode;
import static dev.lockstep.decode.Records.refused;
import static dev.lockstep.decode.Records.structured;
import static dev.lockstep.decode.Records.valid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.of;

import dev.lockstep.decode.Decoded.EchoedFields;
import dev.lockstep.decode.Decoded.RejectedCommand;
import dev.lockstep.decode.Decoded.ValidCommand;
import dev.lockstep.domain.common.RejectionCode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which fields of a command a result can repeat (contract, section 4). */
class EchoedFieldsTest {

    static Stream<Arguments> commands() {
        return Stream.of(
                of(CREATE, new EchoedFields("1.4.2+7", null, "ci", "why not")),
                of(DEPLOY, new EchoedFields("1.4.2", "staging", "ci", "why not")),
                of(ROLLBACK, new EchoedFields("1.4.1", "staging", "ci", "why not")),
                of(CONFIGURE, new EchoedFields(null, "live", "ci", "why not")),
                of(DEFINE, new EchoedFields(null, null, "ci", "why not")),
                of(REPORT, new EchoedFields(null, null, "ci", "why not")),
                of(CANCEL, new EchoedFields(null, null, "ci", "why not")));
    }

    @ParameterizedTest
    @MethodSource
    void commands(String type, EchoedFields echoedFields) {
        assertThat(valid(binary(type, FULL.get(type)).build()).echoedFields()).isEqualTo(echoedFields);
    }

    @Test
    void whatIsLeftOutIsNotNamed() {
        assertThat(valid(binary(DELETE, "{'application':'shop','release':'1'}").build())
                        .echoedFields())
                .isEqualTo(new EchoedFields("1", null, null, null));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                of("{'application':'shop','release':'1','x':1,'actor':'ci'}", new EchoedFields("1", null, "ci", null)),
                of("{'release':'1','environment':'Staging','reason':'r'}", new EchoedFields("1", null, null, "r")),
                of(
                        "{'application':'shop','release':'1//2','environment':'qa'}",
                        new EchoedFields(null, "qa", null, null)),
                of(
                        "{'application':'shop','release':'1','release':'1','reason':''}",
                        new EchoedFields(null, null, null, "")),
                of("{'application':'shop','release':7,'actor':null}", EchoedFields.NOTHING),
                of("{'application':'shop','release':'1'", EchoedFields.NOTHING),
                of("{'application':'shop','release':'1'} {}", EchoedFields.NOTHING),
                of("[]", EchoedFields.NOTHING));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusedOneNamesWhatIsValidByItself(String data, EchoedFields echoedFields) {
        assertThat(refused(binary(DEPLOY, data).build()).echoedFields()).isEqualTo(echoedFields);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void soDoesOneOfAnUnknownType(String data, EchoedFields echoedFields) {
        RejectedCommand refused =
                refused(binary("dev.lockstep.release.promote.v1", data).build());

        assertThat(refused.code()).isEqualTo(RejectionCode.UNKNOWN_COMMAND);
        assertThat(refused.echoedFields()).isEqualTo(echoedFields);
    }

    @Test
    void oneWithAForeignKeyNamesAllOfIt() {
        assertThat(refused(structured(DEPLOY, FULL.get(DEPLOY)).key("till").build())
                        .echoedFields())
                .isEqualTo(new EchoedFields("1.4.2", "staging", "ci", "why not"));
    }

    /** It may be a re-send of an accepted command, and its result is read by others than its sender. */
    @Test
    void whatBreaksALaterRuleIsNotNamed() {
        String data = "{'application':'shop','release':'1','actor':'a\\tb','reason':'a\\u001b[1m'}";

        assertThat(decode(binary(DEPLOY, data).build())).isInstanceOfSatisfying(ValidCommand.class, valid -> {
            assertThat(valid.echoedFields()).isEqualTo(new EchoedFields("1", null, null, null));
            assertThat(valid.rejectionUnlessDuplicate().echoedFields()).isEqualTo(valid.echoedFields());
        });
    }
}
