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
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.Attribution;
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
                of(CREATE, echoed("1.4.2+7", null, "ci", "why not")),
                of(DEPLOY, echoed("1.4.2", "staging", "ci", "why not")),
                of(ROLLBACK, echoed("1.4.1", "staging", "ci", "why not")),
                of(CONFIGURE, echoed(null, "live", "ci", "why not")),
                of(DEFINE, echoed(null, null, "ci", "why not")),
                of(REPORT, echoed(null, null, "ci", "why not")),
                of(CANCEL, echoed(null, null, "ci", "why not")));
    }

    private static EchoedFields echoed(String release, String environment, String actor, String reason) {
        return new EchoedFields(release, environment, new Attribution(Actor.of(actor), reason, "c-1", null));
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
                .isEqualTo(echoed("1", null, null, null));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                of("{'application':'shop','release':'1','x':1,'actor':'ci'}", echoed("1", null, "ci", null)),
                of("{'release':'1','environment':'Staging','reason':'r'}", echoed("1", null, null, "r")),
                of("{'application':'shop','release':'1//2','environment':'qa'}", echoed(null, "qa", null, null)),
                of("{'application':'shop','release':'1','release':'1','reason':''}", echoed(null, null, null, "")),
                of("{'application':'shop','release':7,'actor':null}", echoed(null, null, null, null)),
                of("{'application':'shop','release':'1'", echoed(null, null, null, null)),
                of("{'application':'shop','release':'1'} {}", echoed(null, null, null, null)),
                of("[]", echoed(null, null, null, null)));
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
                .isEqualTo(echoed("1.4.2", "staging", "ci", "why not"));
    }

    /** It may be a re-send of an accepted command, and its result is read by others than its sender. */
    @Test
    void whatBreaksALaterRuleIsNotNamed() {
        String data = "{'application':'shop','release':'1','actor':'a\\tb','reason':'a\\u001b[1m'}";

        assertThat(decode(binary(DEPLOY, data).build())).isInstanceOfSatisfying(ValidCommand.class, valid -> {
            assertThat(valid.echoedFields()).isEqualTo(echoed("1", null, null, null));
            assertThat(valid.rejectionUnlessDuplicate().echoedFields()).isEqualTo(valid.echoedFields());
        });
    }
}
