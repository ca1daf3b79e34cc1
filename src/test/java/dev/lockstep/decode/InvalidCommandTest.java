package dev.lockstep.decode;

import static dev.lockstep.decode.Records.ANNOTATE;
import static dev.lockstep.decode.Records.CREATE;
import static dev.lockstep.decode.Records.DEFINE;
import static dev.lockstep.decode.Records.DEPLOY;
import static dev.lockstep.decode.Records.FULL;
import static dev.lockstep.decode.Records.REDEPLOY;
import static dev.lockstep.decode.Records.ROLLBACK;
import static dev.lockstep.decode.Records.UNDEPLOY;
import static dev.lockstep.decode.Records.UPDATE;
import static dev.lockstep.decode.Records.UPDATE_APPLICATION;
import static dev.lockstep.decode.Records.binary;
import static dev.lockstep.decode.Records.envelope;
import static dev.lockstep.decode.Records.quoted;
import static dev.lockstep.decode.Records.refused;
import static dev.lockstep.decode.Records.structured;
import static dev.lockstep.decode.Records.utf8;
import static dev.lockstep.decode.Records.valid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.of;

import dev.lockstep.decode.Decoded.RejectedCommand;
import dev.lockstep.decode.schema.Syntax;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidCommandTest {

    private static final String RELEASE = "'application':'shop','release':'1'";
    private static final String CREATED = RELEASE + ",'title':'t'";

    static Stream<Arguments> violations() {
        return Stream.of(data(), fields(), sources(), labels(), others(), pipelines(), stages())
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> data() {
        return Stream.of(
                of(DEPLOY, "[]", "/data", "must be an object, not a list"),
                of(DEPLOY, "'x'", "/data", "must be an object, not a string"),
                of(DEPLOY, "null", "/data", "must be an object, not null"),
                of(DEPLOY, "7", "/data", "must be an object, not a number"),
                of(DEPLOY, "{'application':'shop'}", "/data/release", "is required"),
                of(DEPLOY, "{'release':'1'}", "/data/application", "is required"),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'enviroment':'staging'}",
                        "/data/enviroment",
                        "is not a known field; did you mean \"environment\"?"),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'Environment':'staging'}",
                        "/data/Environment",
                        "is not a known field; did you mean \"environment\"?"),
                of(DEPLOY, "{" + RELEASE + ",'force':{'a':[1]}}", "/data/force", "is not a known field"),
                of(DEPLOY, "{" + RELEASE + ",'a/b~c':1}", "/data/a~1b~0c", "is not a known field"),
                of(DEPLOY, "{" + RELEASE + ",'':1}", "/data/", "is not a known field"),
                of(DEPLOY, "{" + RELEASE + ",'a\\u0000\\n':1}", "/data/a\uFFFD\uFFFD", "is not a known field"),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'" + "x".repeat(5000) + "':1}",
                        "/data/" + "x".repeat(128) + "…",
                        "is not a known field"),
                of(DEPLOY, "{" + RELEASE + ",'release':'1'}", "/data/release", "occurs more than once"),
                of(
                        UPDATE,
                        "{" + RELEASE + "}",
                        "/data",
                        "must name at least one of title, description, artifactId, source"),
                of(UPDATE, "{" + RELEASE + ",'chainId':'x','title':'t'}", "/data/chainId", "is not a known field"));
    }

    private static Stream<Arguments> fields() {
        String characters = "must have 1 to 256 characters, has ";
        String integer = "must be an integer from 0 to 2^63-1";
        return Stream.of(
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'environment':null}",
                        "/data/environment",
                        "must not be null; leave it out instead"),
                of(DEPLOY, "{'application':null,'release':'1'}", "/data/application", "must not be null"),
                of(UPDATE, "{" + RELEASE + ",'title':null}", "/data/title", "must not be null; leave it out instead"),
                of(DEPLOY, "{'application':'shop','release':1.4}", "/data/release", "must be a string, not a number"),
                of(DEPLOY, "{'application':'shop','release':'1//2'}", "/data/release", Syntax.RELEASE.requirement()),
                of(
                        DEPLOY,
                        "{'application':'shop','release':'0.01\\n'}",
                        "/data/release",
                        Syntax.RELEASE.requirement() + "; it has U+000A LINE FEED (LF) at its end"),
                of(
                        DEPLOY,
                        "{'application':'sh op','release':'1'}",
                        "/data/application",
                        Syntax.APPLICATION.requirement() + "; it has U+0020 SPACE as character 3"),
                of(
                        DEPLOY,
                        "{'application':'shop','release':'" + "1".repeat(129) + "'}",
                        "/data/release",
                        "must have 1 to 128 characters, has 129"),
                of(
                        DEPLOY,
                        "{'application':'" + "a".repeat(64) + "','release':'1'}",
                        "/data/application",
                        "must have 1 to 63 characters, has 64"),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'environment':'Staging'}",
                        "/data/environment",
                        Syntax.ENVIRONMENT.requirement()),
                of(CREATE, "{" + RELEASE + ",'title':''}", "/data/title", "must have 1 to 200 characters, has 0"),
                of(
                        CREATE,
                        "{" + RELEASE + ",'title':'" + "🚀".repeat(201) + "'}",
                        "/data/title",
                        "must have 1 to 200 characters, has 201"),
                of(CREATE, "{" + RELEASE + ",'title':'a\\u0000'}", "/data/title", "must not contain U+0000"),
                of(
                        CREATE,
                        "{" + RELEASE + ",'title':'a\\ud83d'}",
                        "/data/title",
                        "must not contain an unpaired surrogate"),
                of(
                        CREATE,
                        "{" + RELEASE + ",'title':'\\ude80\\ud83d'}",
                        "/data/title",
                        "must not contain an unpaired surrogate"),
                of(
                        CREATE,
                        "{" + CREATED + ",'description':'" + "d".repeat(4001) + "'}",
                        "/data/description",
                        "must have 0 to 4000 characters, has 4001"),
                of(CREATE, "{" + CREATED + ",'chainId':''}", "/data/chainId", characters + 0),
                of(CREATE, "{" + CREATED + ",'artifactId':'shop:1'}", "/data/artifactId", Syntax.PURL.requirement()),
                of(
                        CREATE,
                        "{" + CREATED + ",'artifactId':'pkg:npm/" + "a".repeat(2041) + "'}",
                        "/data/artifactId",
                        "must have 1 to 2048 characters, has 2049"),
                of(DEPLOY, "{" + RELEASE + ",'actor':'" + "a".repeat(257) + "'}", "/data/actor", characters + 257),
                of(DEPLOY, "{" + RELEASE + ",'reason':['x']}", "/data/reason", "must be a string, not a list"),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'expectedRevision':'1'}",
                        "/data/expectedRevision",
                        integer + ", not a string"),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':1.5}", "/data/expectedRevision", integer),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':1e-1}", "/data/expectedRevision", integer),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':1e19}", "/data/expectedRevision", integer),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':1e2147483647}", "/data/expectedRevision", integer),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':100e2147483647}", "/data/expectedRevision", integer),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':10e2147483648}", "/data/expectedRevision", integer),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':1e99999999999}", "/data/expectedRevision", integer),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':-1.0}", "/data/expectedRevision", integer),
                of(DEPLOY, "{" + RELEASE + ",'expectedRevision':-1}", "/data/expectedRevision", integer),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'expectedRevision':9223372036854775808}",
                        "/data/expectedRevision",
                        integer),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'expectedRevision':" + "9".repeat(5000) + "}",
                        "/data/expectedRevision",
                        integer),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'expectedRevision':null}",
                        "/data/expectedRevision",
                        "must not be null; leave it out instead"),
                of(
                        DEPLOY,
                        "{" + RELEASE + ",'expectedRevision':{}}",
                        "/data/expectedRevision",
                        integer + ", not an object"),
                of(
                        UNDEPLOY,
                        "{'application':'shop','environment':'x','release':'1'}",
                        "/data/release",
                        "is not a known field"),
                of(
                        ROLLBACK,
                        "{'application':'shop','environment':'x','release':null}",
                        "/data/release",
                        "must not be null; leave it out instead"));
    }

    private static Stream<Arguments> sources() {
        String none = "must name at least one of repoUrl, commitSha, ref, committedAt";
        return Stream.of(
                of(CREATE, "{" + CREATED + ",'source':'x'}", "/data/source", "must be an object, not a string"),
                of(CREATE, "{" + CREATED + ",'source':null}", "/data/source", "must not be null; leave it out instead"),
                of(CREATE, "{" + CREATED + ",'source':{}}", "/data/source", none),
                of(UPDATE, "{" + RELEASE + ",'source':{}}", "/data/source", none),
                of(
                        CREATE,
                        "{" + CREATED + ",'source':{'ref':null}}",
                        "/data/source/ref",
                        "must not be null; leave it out instead"),
                of(
                        CREATE,
                        "{" + CREATED + ",'source':{'ref':'a','branch':'b'}}",
                        "/data/source/branch",
                        "is not a known field; did you mean \"ref\"?"),
                of(
                        CREATE,
                        "{" + CREATED + ",'source':{'repoUrl':'host:a.git'}}",
                        "/data/source/repoUrl",
                        Syntax.REPOSITORY.requirement()),
                of(
                        CREATE,
                        "{" + CREATED + ",'source':{'repoUrl':'/srv/a.git'}}",
                        "/data/source/repoUrl",
                        Syntax.REPOSITORY.requirement()),
                of(
                        CREATE,
                        "{" + CREATED + ",'source':{'commitSha':''}}",
                        "/data/source/commitSha",
                        "must have 1 to 256 characters, has 0"),
                of(
                        CREATE,
                        "{" + CREATED + ",'source':{'committedAt':'2026-02-30T00:00:00Z'}}",
                        "/data/source/committedAt",
                        Syntax.TIMESTAMP.requirement()),
                of(
                        CREATE,
                        "{" + CREATED + ",'source':{'committedAt':1767225600}}",
                        "/data/source/committedAt",
                        "must be a string, not a number"));
    }

    /** What 0.1.0 accepted. */
    static Stream<Arguments> narrowed() {
        String token =
                "must not carry a user, a password or a token before its host: leave it out, and revoke it if it was real";
        return Stream.of(
                of("'title':'a\\u0007'", "/data/title", "must not contain U+0007 BEL"),
                of("'title':'a\\u202Eb'", "/data/title", "must not contain U+202E RIGHT-TO-LEFT OVERRIDE"),
                of("'title':'a\\nb'", "/data/title", "must not contain U+000A LINE FEED (LF)"),
                of("'title':' \\u3164'", "/data/title", "must not be blank; it has U+0020 SPACE at its beginning"),
                of("'title':'t','actor':'a\\tb'", "/data/actor", "must not contain U+0009 CHARACTER TABULATION"),
                of("'title':'t','reason':'a\\u001b[1m'", "/data/reason", "must not contain U+001B ESCAPE"),
                of(
                        "'title':'t','description':'a\\rb'",
                        "/data/description",
                        "must not contain U+000D CARRIAGE RETURN (CR)"),
                of("'title':'t','chainId':'\\u2066'", "/data/chainId", "must not contain U+2066 LEFT-TO-RIGHT ISOLATE"),
                of(
                        "'title':'t','source':{'ref':'a\\u0000b'}".replace("0000", "0001"),
                        "/data/source/ref",
                        "must not contain U+0001 START OF HEADING"),
                of("'title':'t','source':{'repoUrl':'https://ci:SECRET@git.example/a'}", "/data/source/repoUrl", token),
                of(
                        "'title':'t','source':{'repoUrl':'javascript:alert(1)'}",
                        "/data/source/repoUrl",
                        Syntax.REPOSITORY.requirement()),
                of(
                        "'title':'t','artifactId':'pkg:generic/a@1?vcs_url=git%2Bhttps://SECRET%40h/a'",
                        "/data/artifactId", token));
    }

    @ParameterizedTest
    @MethodSource
    void narrowed(String fields, String pointer, String message) {
        String data = "{" + RELEASE + "," + fields + "}";
        for (var record :
                List.of(binary(CREATE, data).build(), structured(CREATE, data).build())) {
            Decoded decoded = Records.decode(record);

            assertThat(decoded).isInstanceOf(Decoded.ValidCommand.class);
            RejectedCommand refused = ((Decoded.ValidCommand) decoded).rejectionUnlessDuplicate();
            assertThat(refused.code()).isEqualTo(RejectionCode.INVALID_COMMAND);
            assertThat(refused.violations()).containsExactly(new Violation(pointer, message));
            assertThat(refused.detail()).doesNotContain("SECRET");
            assertThat(((Decoded.ValidCommand) decoded).fingerprint()).hasSize(16);
        }
    }

    @Test
    void whatBreaksAnOldRuleTooOrHasAForeignKeyIsNotLookedUp() {
        String data = "{" + RELEASE + ",'title':'a\\u0007'}";

        assertThat(Records.decode(binary(CREATE, data).key("other").build()))
                .isInstanceOfSatisfying(RejectedCommand.class, refused -> assertThat(refused.code())
                        .isEqualTo(RejectionCode.INVALID_COMMAND));
        assertThat(Records.decode(binary(CREATE, "{" + RELEASE + ",'title':'a\\u0007','x':1}")
                        .build()))
                .isInstanceOfSatisfying(RejectedCommand.class, refused -> assertThat(refused.violations())
                        .hasSize(2));
    }

    private static Stream<Arguments> labels() {
        String label = Syntax.LABEL_NAME.requirement();
        return Stream.of(
                of(CREATE, "{" + CREATED + ",'labels':[]}", "/data/labels", "must be an object, not a list"),
                of(CREATE, "{" + CREATED + ",'labels':null}", "/data/labels", "must not be null; leave it out instead"),
                of(CREATE, "{" + CREATED + ",'labels':{'a':null}}", "/data/labels/a", "must be a string, not null"),
                of(CREATE, "{" + CREATED + ",'labels':{'':'x'}}", "/data/labels/", "has a name that " + label),
                of(CREATE, "{" + CREATED + ",'labels':{'a/':'x'}}", "/data/labels/a~1", "has a name that " + label),
                of(
                        CREATE,
                        "{" + CREATED + ",'labels':" + labels(21) + "}",
                        "/data/labels",
                        "must have at most 20 members, has 21"),
                of(
                        ANNOTATE,
                        "{" + RELEASE + ",'labels':" + labels(41) + "}",
                        "/data/labels",
                        "must have at most 40 members, has 41"),
                of(
                        ANNOTATE,
                        "{" + RELEASE + ",'labels':null}",
                        "/data/labels",
                        "must not be null; leave it out instead"),
                of(ANNOTATE, "{" + RELEASE + ",'labels':{'a':7}}", "/data/labels/a", "must be a string, not a number"),
                of(
                        ANNOTATE,
                        "{" + RELEASE + ",'labels':{'a':'" + "🚀".repeat(257) + "'}}",
                        "/data/labels/a",
                        "must have 0 to 256 characters, has 257"),
                of(
                        ANNOTATE,
                        "{" + RELEASE + ",'labels':{'a':'x','a':null}}",
                        "/data/labels/a",
                        "occurs more than once"));
    }

    private static String labels(int count) {
        return IntStream.range(0, count).mapToObj(i -> "'l" + i + "':'x'").collect(Collectors.joining(",", "{", "}"));
    }

    private static Stream<Arguments> others() {
        return Stream.of(
                of(ANNOTATE, "{" + RELEASE + "}", "/data", "must name at least one of notes, labels"),
                of(ANNOTATE, "{" + RELEASE + ",'notes':'n','title':'t'}", "/data/title", "is not a known field"),
                of(DEPLOY, "{" + RELEASE + ",'from':null}", "/data/from", "must not be null; leave it out instead"),
                of(DEPLOY, "{" + RELEASE + ",'from':'Staging'}", "/data/from", Syntax.ENVIRONMENT.requirement()),
                of(REDEPLOY, "{'application':'shop'}", "/data/environment", "is required"),
                of(
                        REDEPLOY,
                        "{'application':'shop','environment':'x','release':null}",
                        "/data/release",
                        "must not be null; leave it out instead"),
                of(
                        UPDATE_APPLICATION,
                        "{'application':'shop'}",
                        "/data",
                        "must name at least one of title, description, owner, url"),
                of(
                        UPDATE_APPLICATION,
                        "{'application':'shop','owner':''}",
                        "/data/owner",
                        "must have 1 to 200 characters, has 0"));
    }

    private static Stream<Arguments> pipelines() {
        String tooMany =
                IntStream.range(0, 51).mapToObj(i -> "{'id':'e" + i + "'}").collect(Collectors.joining(",", "[", "]"));
        return Stream.of(
                of(DEFINE, pipeline("[]"), "/data/environments", "must have 1 to 50 entries, has 0"),
                of(DEFINE, pipeline(tooMany), "/data/environments", "must have 1 to 50 entries, has 51"),
                of(DEFINE, pipeline("{}"), "/data/environments", "must be a list, not an object"),
                of(DEFINE, pipeline("['a']"), "/data/environments/0", "must be an object, not a string"),
                of(DEFINE, pipeline("[{'id':'a'},null]"), "/data/environments/1", "must be an object, not null"),
                of(DEFINE, pipeline("[{}]"), "/data/environments/0/id", "is required"),
                of(
                        DEFINE,
                        pipeline("[{'id':'a'},{'id':'A'}]"),
                        "/data/environments/1/id",
                        Syntax.ENVIRONMENT.requirement()),
                of(
                        DEFINE,
                        pipeline("[{'id':'a'},{'id':'b'},{'id':'a'}]"),
                        "/data/environments/2/id",
                        "occurs in an earlier entry"),
                of(
                        DEFINE,
                        pipeline("[{'id':'a','tier':'prod'}]"),
                        "/data/environments/0/tier",
                        Syntax.TIER.requirement() + "; did you mean \"production\"?"),
                of(
                        DEFINE,
                        keep("{'releases':0,'days':1}"),
                        "/data/keep/releases",
                        "must be an integer from 1 to 10000"),
                of(
                        DEFINE,
                        keep("{'releases':10001,'days':1}"),
                        "/data/keep/releases",
                        "must be an integer from 1 to 10000"),
                of(DEFINE, keep("{'releases':1,'days':3651}"), "/data/keep/days", "must be an integer from 1 to 3650"),
                of(DEFINE, keep("{'releases':1,'days':1.5}"), "/data/keep/days", "must be an integer from 1 to 3650"),
                of(DEFINE, keep("{'releases':1}"), "/data/keep/days", "is required"),
                of(DEFINE, keep("{'releases':1,'days':null}"), "/data/keep/days", "must not be null"),
                of(DEFINE, keep("30"), "/data/keep", "must be an object, not a number"),
                of(DEFINE, pipeline("[{'id':'a','canary':5}]"), "/data/environments/0/canary", "is not a known field"));
    }

    private static Stream<Arguments> stages() {
        String notOfTheFirst = "must not be given for the first environment";
        String earlier = "must be the id of an earlier entry of the list";
        return Stream.of(
                of(DEFINE, pipeline("[{'id':'a','after':['a']}]"), "/data/environments/0/after", notOfTheFirst),
                of(
                        DEFINE,
                        pipeline("[{'id':'a','policy':{'onlyNewer':false}},{'id':'b'}]"),
                        "/data/environments/0/policy",
                        notOfTheFirst),
                of(DEFINE, stage("'after':['c']},{'id':'c'"), "/data/environments/1/after/0", earlier),
                of(DEFINE, stage("'after':['a','b']"), "/data/environments/1/after/1", earlier),
                of(DEFINE, stage("'after':['a','a']"), "/data/environments/1/after/1", "occurs in an earlier entry"),
                of(DEFINE, stage("'after':['A']"), "/data/environments/1/after/0", Syntax.ENVIRONMENT.requirement()),
                of(DEFINE, stage("'after':[7]"), "/data/environments/1/after/0", "must be a string, not a number"),
                of(DEFINE, stage("'after':[]"), "/data/environments/1/after", "must have 1 to 50 entries, has 0"),
                of(DEFINE, stage("'after':'a'"), "/data/environments/1/after", "must be a list, not a string"),
                of(DEFINE, stage("'title':''"), "/data/environments/1/title", "must have 1 to 200 characters, has 0"),
                of(
                        DEFINE,
                        stage("'policy':true"),
                        "/data/environments/1/policy",
                        "must be an object, not true or false"),
                of(
                        DEFINE,
                        stage("'policy':{'onlyNewer':'yes'}"),
                        "/data/environments/1/policy/onlyNewer",
                        "must be true or false, not a string"),
                of(
                        DEFINE,
                        stage("'policy':{'canary':5}"),
                        "/data/environments/1/policy/canary",
                        "is not a known field"));
    }

    /** As a second stage. */
    private static String stage(String says) {
        return pipeline("[{'id':'a'},{'id':'b'," + says + "}]");
    }

    private static String keep(String keep) {
        return "{'application':'shop','environments':[{'id':'a'}],'keep':" + keep + "}";
    }

    private static String pipeline(String environments) {
        return "{'application':'shop','environments':" + environments + "}";
    }

    @ParameterizedTest
    @MethodSource
    void violations(String type, String data, String pointer, String message) {
        List<Violation> expected = List.of(new Violation(pointer, message));

        RejectedCommand rejected = refused(binary(type, data).build());
        RejectedCommand other = refused(structured(type, data).build());

        assertThat(rejected.code()).isEqualTo(other.code()).isEqualTo(RejectionCode.INVALID_COMMAND);
        assertThat(rejected.violations()).isEqualTo(expected);
        assertThat(other.violations()).isEqualTo(expected);
        assertThat(rejected.detail()).isEqualTo(pointer + " " + message + (message.endsWith("?") ? "" : "."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'application':'shop','release':'1'",
                "{'application':'shop','release':'1'} {}",
                "{'application':'shop','release':'1'} x",
                "{'application':'shop','release':01}",
                "{'application':'shop','release':NaN}",
                "{'application':'shop','release':'1',}",
                "{application:'shop'}",
                "not json",
                " "
            })
    void malformedDataInBinaryModeIsAViolationOfAllOfIt(String data) {
        RejectedCommand refused = refused(binary(DEPLOY, data).build());

        assertThat(refused.code()).isEqualTo(RejectionCode.INVALID_COMMAND);
        assertThat(refused.violations())
                .extracting(Violation::pointer)
                .contains("/data")
                .doesNotHaveDuplicates();
        assertThat(refused.application()).isNull();
    }

    @Test
    void aMemberNameThatIsNoUnicodeIsMalformed() {
        RejectedCommand refused =
                refused(binary(DEPLOY, "{" + RELEASE + ",'a\\ud800':1}").build());

        assertThat(refused.violations()).extracting(Violation::pointer).containsExactly("/data");
    }

    @Test
    void aBinaryCommandWithoutValueLacksItsData() {
        assertThat(refused(binary(DEPLOY, null).build()).violations())
                .containsExactly(new Violation("/data", "is required, and the record has no value"));
        assertThat(refused(binary(DEPLOY, "").build()).violations())
                .containsExactly(new Violation("/data", "is required, and the record has no value"));
        assertThat(refused(envelope("{'specversion':'1.0','id':'1','source':'s','type':'" + DEPLOY + "'}")
                                .build())
                        .violations())
                .containsExactly(new Violation("/data", "is required"));
    }

    @Test
    void dataMustBeUtf8() {
        byte[] latin1 =
                quoted("{'application':'shop','release':'1','reason':'é'}").getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = quoted(FULL.get(DEPLOY)).getBytes(StandardCharsets.UTF_16BE);

        assertThat(refused(binary(DEPLOY, "").value(latin1).build()).violations())
                .containsExactly(new Violation("/data", "is not valid UTF-8: send UTF-8"));
        assertThat(refused(binary(DEPLOY, "").value(utf16).build()).violations())
                .containsExactly(new Violation("/data", "is UTF-16: send UTF-8"));
        assertThat(refused(binary(DEPLOY, "\uFEFF" + FULL.get(DEPLOY)).build()).violations())
                .containsExactly(
                        new Violation("/data", "begins with a byte order mark (U+FEFF): send UTF-8 without one"));
        assertThat(refused(binary(DEPLOY, "\0\0\0\0\u0007" + FULL.get(DEPLOY)).build())
                        .violations())
                .extracting(Violation::message)
                .singleElement()
                .asString()
                .startsWith("begins with a zero byte, as schema-registry serialisers write");
    }

    @Test
    void dataMayBeNestedAsDeepAsTheLimitInBothModes() {
        String fits = "{" + RELEASE + ",'x':" + "[".repeat(31) + "]".repeat(31) + "}";
        String tooDeep = "{" + RELEASE + ",'x':" + "[".repeat(32) + "]".repeat(32) + "}";

        assertThat(refused(binary(DEPLOY, fits).build()).violations())
                .containsExactly(new Violation("/data/x", "is not a known field"));
        assertThat(refused(structured(DEPLOY, fits).build()).violations())
                .containsExactly(new Violation("/data/x", "is not a known field"));
        assertThat(refused(binary(DEPLOY, tooDeep).build()).violations())
                .contains(new Violation("/data", "is nested too deeply"));
    }

    @Test
    void envelopeAndDataAreRefusedTogether() {
        RejectedCommand refused = refused(binary(DEPLOY, "{'application':'shop'}")
                .header("ce_id", "i".repeat(257))
                .header("ce_source", "s".repeat(2049))
                .header("ce_correlationid", "")
                .header("content-type", "application/json")
                .build());

        assertThat(refused.violations())
                .extracting(Violation::pointer)
                .containsExactly("/id", "/source", "/correlationid", "/data/release");
        assertThat(refused.envelope().id()).isEqualTo("i".repeat(256));
        assertThat(refused.envelope().source()).isEqualTo("s".repeat(2048));
        assertThat(refused.application()).isEqualTo("shop");
        assertThat(refused.detail()).endsWith("4 violations in all.");
    }

    @Test
    void envelopeLimitsCountCharactersNotBytes() {
        valid(binary(DEPLOY, FULL.get(DEPLOY))
                .header("ce_id", "🚀".repeat(256))
                .header("ce_source", "s".repeat(2048))
                .header("ce_correlationid", "🚀".repeat(256))
                .build());
    }

    @Test
    void nulInTheEnvelopeIsRefusedAndShownReplaced() {
        RejectedCommand refused = refused(binary(DEPLOY, FULL.get(DEPLOY))
                .header("ce_id", "a\0b")
                .header("ce_source", "\0")
                .build());

        assertThat(refused.violations())
                .containsExactly(
                        new Violation("/id", "must not contain U+0000"),
                        new Violation("/source", "must not contain U+0000"));
        assertThat(refused.envelope().id()).isEqualTo("a\uFFFDb");
        assertThat(refused.envelope().source()).isEqualTo("\uFFFD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not a uri", "%zz", "<script>", "a b", "a\tb", "/ci\n", "/cï"})
    void theSourceMustBeAUriReference(String source) {
        RejectedCommand refused = refused(
                binary(DEPLOY, FULL.get(DEPLOY)).header("ce_source", source).build());

        assertThat(refused.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.pointer()).isEqualTo("/source");
            assertThat(violation.message()).startsWith("must be a URI reference, such as /ci/shop");
        });
        assertThat(refused.envelope().source()).isEqualTo(source);
    }

    @Test
    void quotesAroundTheSourceMakeAnotherSender() {
        assertThat(refused(binary(DEPLOY, FULL.get(DEPLOY))
                                .header("ce_source", "\"/ci/shop\"")
                                .build())
                        .violations())
                .containsExactly(new Violation(
                        "/source",
                        "must be a URI reference, such as /ci/shop; the quotes are part of the value: send it"
                                + " without them"));
    }

    @Test
    void idsAreSingleLine() {
        assertThat(refused(binary(DEPLOY, FULL.get(DEPLOY))
                                .header("ce_id", "build-7\n")
                                .header("ce_correlationid", "a\u202E")
                                .build())
                        .violations())
                .containsExactly(
                        new Violation("/id", "must not contain U+000A LINE FEED (LF)"),
                        new Violation("/correlationid", "must not contain U+202E RIGHT-TO-LEFT OVERRIDE"));
    }

    static Stream<Arguments> strays() {
        return Stream.of(
                of("environment", "environment", "belongs in data"),
                of("actor", "actor", "belongs in data"),
                of("expectedRevision", "expectedrevision", "belongs in data"),
                of("expectedrevision", "expectedrevision", "belongs in data, as \"expectedRevision\""),
                of("Environment", "environment", "belongs in data, as \"environment\""),
                of("expected_revision", "expected_revision", "belongs in data, as \"expectedRevision\""),
                of("correlationId", null, "is not a CloudEvent attribute; did you mean \"correlationid\"?"),
                of(
                        "correlation_id",
                        "correlation_id",
                        "is not a CloudEvent attribute; did you mean \"correlationid\"?"),
                of("trace_state", "trace_state", "is not a CloudEvent attribute; did you mean \"tracestate\"?"),
                of("Source", null, "is not a CloudEvent attribute; did you mean \"source\"?"),
                of("Data", null, "is not a CloudEvent attribute; did you mean \"data\"?"));
    }

    /** @param header null if the header's name counts in any letter case */
    @ParameterizedTest
    @MethodSource
    void strays(String member, String header, String message) {
        String event = "{'" + member + "':'staging','specversion':'1.0','id':'1','source':'s','type':'" + DEPLOY
                + "','data':{" + RELEASE + "}}";

        assertThat(Records.decode(envelope(event).build())).isInstanceOf(Decoded.ValidCommand.class);
        assertThat(refused(envelope(event).build()).violations()).containsExactly(new Violation("/" + member, message));
        if (header != null) {
            assertThat(refused(binary(DEPLOY, "{" + RELEASE + "}")
                                    .header("CE_" + header, "staging")
                                    .build())
                            .violations())
                    .extracting(Violation::pointer)
                    .containsExactly("/" + header);
        }
    }

    @Test
    void whatIsUnsetOrOfAnotherCommandOrAnExtensionIsNoStray() {
        valid(envelope("{'environment':null,'title':'x','partitionkey':'p','subject':'s','time':'t','xyz':1,"
                        + "'specversion':'1.0','id':'1','source':'s','type':'" + DEPLOY + "','data':{" + RELEASE + "}}")
                .build());
        valid(binary(DEPLOY, "{" + RELEASE + "}")
                .header("ce_environment", null)
                .header("ce_title", "x")
                .header("environment", "staging")
                .build());
    }

    @Test
    void aCorrelationIdMustBeReadable() {
        assertThat(refused(binary(DEPLOY, FULL.get(DEPLOY))
                                .alsoHeader("ce_correlationid", new byte[] {(byte) 0x80})
                                .build())
                        .violations())
                .containsExactly(new Violation("/correlationid", "must be valid UTF-8"));
        assertThat(refused(envelope("{'specversion':'1.0','id':'1','source':'s','correlationid':7,'type':'" + DEPLOY
                                        + "','data':" + FULL.get(DEPLOY) + "}")
                                .build())
                        .violations())
                .containsExactly(new Violation("/correlationid", "must be a string, not a number"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/octet-stream", "json"})
    void dataMustBeJsonByName(String contentType) {
        Violation expected = new Violation("/datacontenttype", "must be application/json");

        assertThat(refused(binary(DEPLOY, FULL.get(DEPLOY))
                                .header("content-type", contentType)
                                .build())
                        .violations())
                .containsExactly(expected);
        assertThat(refused(envelope("{'specversion':'1.0','id':'1','source':'s','datacontenttype':'" + contentType
                                        + "','type':'" + DEPLOY + "','data':" + FULL.get(DEPLOY) + "}")
                                .build())
                        .violations())
                .containsExactly(expected);
    }

    @Test
    void base64MustBeValidAndWithoutData() {
        String start = "{'specversion':'1.0','id':'1','source':'s','type':'" + DEPLOY + "',";
        String invalid = Base64.getEncoder().encodeToString(new byte[] {(byte) 0xC0, (byte) 0x80});

        assertThat(refused(envelope(start + "'data_base64':'?'}").build()).violations())
                .containsExactly(new Violation("/data_base64", "is not base64"));
        assertThat(refused(envelope(start + "'data_base64':7}").build()).violations())
                .containsExactly(new Violation("/data_base64", "must be a string, not a number"));
        assertThat(refused(envelope(start + "'data_base64':'" + invalid + "'}").build())
                        .violations())
                .containsExactly(new Violation("/data", "is not valid UTF-8: send UTF-8"));
        assertThat(refused(envelope(start + "'data_base64':'e30=','data':{}}").build())
                        .violations())
                .containsExactly(new Violation("/data_base64", "must not be given together with data"));
        assertThat(refused(envelope(start + "'data_base64':null,'data':null}").build())
                        .violations())
                .containsExactly(new Violation("/data", "must be an object, not null"));
        assertThat(refused(envelope(start + "'data_base64':null}").build()).violations())
                .containsExactly(new Violation("/data", "is required"));
    }

    static Stream<Arguments> hints() {
        return Stream.of(
                of(DEPLOY, "{'application':'shop','version':'1'}", "/data/version", "release"),
                of(DEPLOY, "{'application':'shop','tag':'1'}", "/data/tag", "release"),
                of(DEPLOY, "{'application':'shop','relason':'1'}", "/data/relason", "release"),
                of(DEPLOY, "{" + RELEASE + ",'relason':'1'}", "/data/relason", "reason"),
                of(DEPLOY, "{'app':'shop','release':'1'}", "/data/app", "application"),
                of(DEPLOY, "{" + RELEASE + ",'env':'staging'}", "/data/env", "environment"),
                of(DEPLOY, "{" + RELEASE + ",'stage':'staging'}", "/data/stage", "environment"),
                of(DEPLOY, "{" + RELEASE + ",'target':'staging'}", "/data/target", "environment"),
                of(DEPLOY, "{" + RELEASE + ",'message':'m'}", "/data/message", "reason"),
                of(DEPLOY, "{" + RELEASE + ",'expected_revision':1}", "/data/expected_revision", "expectedRevision"),
                of(CREATE, "{" + RELEASE + ",'name':'n'}", "/data/name", "title"),
                of(CREATE, "{" + CREATED + ",'source':{'sha':'1'}}", "/data/source/sha", "commitSha"),
                of(DEFINE, "{'application':'shop','envs':[]}", "/data/envs", "environments"),
                of(DEFINE, pipeline("[{'name':'dev'}]"), "/data/environments/0/name", "id"));
    }

    @ParameterizedTest
    @MethodSource
    void hints(String type, String data, String pointer, String meant) {
        assertThat(refused(binary(type, data).build()).violations())
                .contains(new Violation(pointer, "is not a known field; did you mean \"" + meant + "\"?"));
    }

    @Test
    void whatBelongsInAMemberIsSaidToBelongThere() {
        String data = "{'application':'shop','environment':'staging','soakTime':'PT1H','title':'Staging'}";
        assertThat(refused(binary("dev.lockstep.environment.configure.v1", data).build())
                        .violations())
                .containsExactly(new Violation("/data/soakTime", "is not a known field; it belongs in \"policy\""));
    }

    @Test
    void fiftyViolationsAreListedAndAllAreCounted() {
        String foreign = IntStream.range(0, 73).mapToObj(i -> ",'f" + i + "':1").collect(Collectors.joining());
        RejectedCommand refused =
                refused(binary(DEPLOY, "{" + RELEASE + foreign + "}").build());

        assertThat(refused.violations()).hasSize(50);
        assertThat(refused.detail())
                .isEqualTo("/data/f0 is not a known field; 73 violations in all. The first 50 are listed.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'release':1,'application':'shop'}",
                "{'application':'shop','release':'1','x':{'application':'y'}}"
            })
    void theApplicationIsNamedIfItIsWellFormed(String data) {
        assertThat(refused(binary(DEPLOY, data).build()).application()).isEqualTo("shop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'release':'1','application':'sh op'}",
                "{'release':'1','application':7}",
                "{'release':'1','application':'shop','application':'shop'}",
                "{'application':'shop'"
            })
    void theApplicationIsNotNamedIfItIsNotWellFormed(String data) {
        assertThat(refused(binary(DEPLOY, data).build()).application()).isNull();
    }

    @Test
    void theBytesOfARecordAreLeftAsTheyWere() {
        byte[] value = utf8(quoted(FULL.get(CREATE)));
        valid(binary(CREATE, "").value(value).build());

        assertThat(value).isEqualTo(utf8(quoted(FULL.get(CREATE))));
    }
}
