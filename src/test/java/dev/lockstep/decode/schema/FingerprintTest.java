package dev.lockstep.decode.schema;

import static dev.lockstep.decode.Records.CREATE;
import static dev.lockstep.decode.Records.DEFINE;
import static dev.lockstep.decode.Records.DELETE;
import static dev.lockstep.decode.Records.DEPLOY;
import static dev.lockstep.decode.Records.UPDATE;
import static dev.lockstep.decode.Records.binary;
import static dev.lockstep.decode.Records.valid;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FingerprintTest {

    static Stream<Arguments> sameContent() {
        return Stream.of(
                Arguments.of("{'application':'shop','release':'1'}", "{'release':'1','application':'shop'}"),
                Arguments.of("{'application':'shop','release':'1'}", " {\n 'application' :\t'shop' , 'release':'1' } "),
                Arguments.of("{'application':'shop','release':'1'}", "{'application':'sh\\u006fp','release':'1'}"),
                Arguments.of(
                        "{'application':'shop','release':'1','expectedRevision':4}",
                        "{'application':'shop','release':'1','expectedRevision':4.0}"),
                Arguments.of(
                        "{'application':'shop','release':'1','expectedRevision':4000}",
                        "{'application':'shop','release':'1','expectedRevision':40.00E+2}"),
                Arguments.of(
                        "{'application':'shop','release':'1','expectedRevision':9223372036854775807}",
                        "{'application':'shop','release':'1','expectedRevision':9223372036854775807.000}"),
                Arguments.of(
                        "{'application':'shop','release':'1','expectedRevision':0}",
                        "{'application':'shop','release':'1','expectedRevision':-0.0e9}"),
                Arguments.of(
                        "{'application':'shop','release':'1','reason':'a/é'}",
                        "{'application':'shop','release':'1','reason':'a\\/\\u00e9'}"));
    }

    @ParameterizedTest
    @MethodSource
    void sameContent(String one, String other) {
        assertThat(fingerprint(DEPLOY, other)).isEqualTo(fingerprint(DEPLOY, one));
    }

    @Test
    void nestedMembersMayComeInAnyOrder() {
        assertThat(fingerprint(
                        CREATE,
                        "{'application':'shop','release':'1','title':'t','source':{'ref':'m','commitSha':'a'}}"))
                .isEqualTo(fingerprint(
                        CREATE,
                        "{'source':{'commitSha':'a','ref':'m'},'title':'t','application':'shop','release':'1'}"));
    }

    @Test
    void everyDifferenceInContentShows() {
        List<String> fingerprints = List.of(
                fingerprint(DEPLOY, "{'application':'shop','release':'1'}"),
                fingerprint(DELETE, "{'application':'shop','release':'1'}"),
                fingerprint(DEPLOY, "{'application':'shop','release':'2'}"),
                fingerprint(DEPLOY, "{'application':'shop','release':'1','environment':'staging'}"),
                fingerprint(DEPLOY, "{'application':'shop','release':'1','actor':'x'}"),
                fingerprint(DEPLOY, "{'application':'shop','release':'1','reason':'x'}"),
                fingerprint(DEPLOY, "{'application':'shop','release':'1','reason':''}"),
                fingerprint(DEPLOY, "{'application':'shop','release':'1','expectedRevision':1}"),
                fingerprint(DEPLOY, "{'application':'shop','release':'1','expectedRevision':256}"),
                fingerprint(UPDATE, "{'application':'shop','release':'1','title':'t'}"),
                fingerprint(UPDATE, "{'application':'shop','release':'1','title':'t','description':null}"),
                fingerprint(UPDATE, "{'application':'shop','release':'1','title':'t','description':''}"),
                fingerprint(UPDATE, "{'application':'shop','release':'1','title':'t','source':null}"),
                fingerprint(UPDATE, "{'application':'shop','release':'1','title':'t','source':{'ref':'a'}}"),
                fingerprint(UPDATE, "{'application':'shop','release':'1','title':'t','source':{'commitSha':'a'}}"),
                fingerprint(DEFINE, "{'application':'shop','environments':[{'id':'a'},{'id':'b'}]}"),
                fingerprint(DEFINE, "{'application':'shop','environments':[{'id':'b'},{'id':'a'}]}"),
                fingerprint(DEFINE, "{'application':'shop','environments':[{'id':'a','tier':'staging'},{'id':'b'}]}"));

        assertThat(fingerprints.stream().collect(Collectors.toSet())).hasSameSizeAs(fingerprints);
    }

    /** Stored fingerprints outlive a version: this one, computed by hand from the documented form, must never change. */
    @Test
    void theFormIsFrozen() {
        assertThat(
                        fingerprint(
                                UPDATE,
                                "{'application':'shop','release':'1','description':null,'source':{'ref':'é'},'expectedRevision':7}"))
                .isEqualTo("8fe08cb85458806c5247e71772a98422");
    }

    private static String fingerprint(String type, String data) {
        return HexFormat.of().formatHex(valid(binary(type, data).build()).fingerprint());
    }
}
