package dev.lockstep.decode;

import static dev.lockstep.decode.Records.ANNOTATE;
import static dev.lockstep.decode.Records.CANCEL;
import static dev.lockstep.decode.Records.CONFIGURE;
import static dev.lockstep.decode.Records.CREATE;
import static dev.lockstep.decode.Records.DEFINE;
import static dev.lockstep.decode.Records.DELETE;
import static dev.lockstep.decode.Records.DEPLOY;
import static dev.lockstep.decode.Records.FULL;
import static dev.lockstep.decode.Records.REDEPLOY;
import static dev.lockstep.decode.Records.REPORT;
import static dev.lockstep.decode.Records.ROLLBACK;
import static dev.lockstep.decode.Records.TRACEPARENT;
import static dev.lockstep.decode.Records.UNDEPLOY;
import static dev.lockstep.decode.Records.UPDATE;
import static dev.lockstep.decode.Records.binary;
import static dev.lockstep.decode.Records.envelope;
import static dev.lockstep.decode.Records.quoted;
import static dev.lockstep.decode.Records.structured;
import static dev.lockstep.decode.Records.utf8;
import static dev.lockstep.decode.Records.valid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.decode.Decoded.ValidCommand;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.decode.schema.CommandType;
import dev.lockstep.decode.schema.Fingerprint;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.Command.AnnotateRelease;
import dev.lockstep.domain.Command.CancelDeployment;
import dev.lockstep.domain.Command.CommonFields;
import dev.lockstep.domain.Command.ConfigureEnvironment;
import dev.lockstep.domain.Command.CreateRelease;
import dev.lockstep.domain.Command.DefinePipeline;
import dev.lockstep.domain.Command.DeleteRelease;
import dev.lockstep.domain.Command.DeployRelease;
import dev.lockstep.domain.Command.ExpectedRevisions;
import dev.lockstep.domain.Command.RedeployEnvironment;
import dev.lockstep.domain.Command.ReportDeployment;
import dev.lockstep.domain.Command.ReportedStatus;
import dev.lockstep.domain.Command.RollBackEnvironment;
import dev.lockstep.domain.Command.StartOptions;
import dev.lockstep.domain.Command.UndeployRelease;
import dev.lockstep.domain.Command.UpdateRelease;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.TraceContext;
import dev.lockstep.domain.deployment.Deployment.Report;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.PolicyChange;
import dev.lockstep.domain.pipeline.PolicyChangeBuilder;
import dev.lockstep.domain.pipeline.StageDefinition;
import dev.lockstep.domain.release.Source;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidCommandTest {

    private static final CommonFields COMMON = common(null, null);
    private static final CommonFields BARE =
            new CommonFields("shop", new Attribution(null, null, "c-1", null), ExpectedRevisions.ANY, false);
    private static final StartOptions TERMS =
            new StartOptions(Instant.parse("2026-01-31T21:00:00Z"), Instant.parse("2026-02-01T00:00:00Z"), false);
    private static final PolicyChange POLICY = new PolicyChangeBuilder()
            .onlyNewer(true)
            .completion(Policy.Completion.REPORTED)
            .timeout("PT30M")
            .reportEvery("PT90S")
            .whenBusy(Policy.WhenBusy.QUEUE)
            .maxQueued(5)
            .onFailure(Policy.OnFailure.RESTORE)
            .soakTime("P1D")
            .change();
    private static final String DEPLOYMENT = "f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff";
    private static final Source SOURCE =
            new Source("https://git.example/shop.git", "4e1243bd", "refs/heads/main", "2026-01-31T12:00:00.123+01:00");

    static Stream<String> types() {
        return FULL.keySet().stream();
    }

    @Test
    void everyCommandHasAnExample() {
        Set<String> known =
                Arrays.stream(CommandType.values()).map(CommandType::typeName).collect(Collectors.toSet());

        assertThat(FULL.keySet()).isEqualTo(known);
    }

    @ParameterizedTest
    @MethodSource("types")
    void bothModesGiveTheSameCommandAndFingerprint(String type) {
        ValidCommand valid = valid(binary(type, FULL.get(type)).build());
        ValidCommand other = valid(structured(type, FULL.get(type)).build());

        assertThat(other.command()).isEqualTo(valid.command());
        assertThat(other.envelope())
                .isEqualTo(valid.envelope())
                .isEqualTo(new Envelope("c-1", "/ci", type, null, null));
        assertThat(other.fingerprint()).isEqualTo(valid.fingerprint()).hasSize(Fingerprint.BYTES);
        assertThat(valid.application()).isEqualTo("shop");
    }

    @Test
    void createCarriesEverythingItSaid() {
        assertThat(command(CREATE, FULL.get(CREATE)))
                .isEqualTo(new CreateRelease(
                        COMMON,
                        "1.4.2+7",
                        "Größer 🚀",
                        "d",
                        "pkg:npm/%40acme/shop@1.4.2",
                        SOURCE,
                        "chain-1",
                        Map.of("team", "web", "jira/ticket", "SHOP-7")));
    }

    @Test
    void whatIsLeftOutIsNull() {
        assertThat(command(CREATE, "{'application':'shop','release':'1','title':'t'}"))
                .isEqualTo(new CreateRelease(BARE, "1", "t", null, null, null, null, Map.of()));
        assertThat(command(DEPLOY, "{'application':'shop','release':'1'}"))
                .isEqualTo(new DeployRelease(BARE, "1", null, null, StartOptions.DEFAULT));
        assertThat(command(ROLLBACK, "{'application':'shop','environment':'staging'}"))
                .isEqualTo(new RollBackEnvironment(BARE, "staging", null, StartOptions.DEFAULT));
    }

    @Test
    void updateDistinguishesKeptClearedAndSet() {
        assertThat(command(UPDATE, "{'application':'shop','release':'1','description':null,'source':{'ref':'main'}}"))
                .isEqualTo(new UpdateRelease(
                        BARE,
                        "1",
                        null,
                        FieldChange.clear(),
                        FieldChange.keep(),
                        FieldChange.to(new Source(null, null, "main", null))));
    }

    private static StageDefinition tier(String id, String tier) {
        return new StageDefinition(
                id,
                FieldChange.keep(),
                tier == null ? FieldChange.keep() : FieldChange.to(tier),
                FieldChange.keep(),
                FieldChange.keep());
    }

    @Test
    void defineDistinguishesKeptResetAndSet() {
        assertThat(command(DEFINE, """
                {'application':'shop','environments':[{'id':'a'},{'id':'b','title':null,'tier':null,'after':null,'policy':null},
                {'id':'c','title':'C','after':['a','b'],'policy':{'onlyNewer':true}},{'id':'d','policy':{'onlyNewer':null}}],'keep':null}"""))
                .isEqualTo(new DefinePipeline(
                        BARE,
                        List.of(
                                tier("a", null),
                                new StageDefinition(
                                        "b",
                                        FieldChange.clear(),
                                        FieldChange.clear(),
                                        FieldChange.clear(),
                                        FieldChange.clear()),
                                new StageDefinition(
                                        "c",
                                        FieldChange.to("C"),
                                        FieldChange.keep(),
                                        FieldChange.to(List.of("a", "b")),
                                        FieldChange.to(new PolicyChangeBuilder()
                                                .onlyNewer(true)
                                                .change())),
                                new StageDefinition(
                                        "d",
                                        FieldChange.keep(),
                                        FieldChange.keep(),
                                        FieldChange.keep(),
                                        FieldChange.to(new PolicyChangeBuilder()
                                                .onlyNewer(null)
                                                .change()))),
                        FieldChange.clear()));
    }

    private static CommonFields common(Long release, Long environment) {
        return new CommonFields(
                "shop",
                new Attribution(new Actor("ci"), "why not", "c-1", null),
                new ExpectedRevisions(7L, release, environment),
                false);
    }

    @Test
    void configureSaysOfOneEnvironmentWhatDefineSaysOfAll() {
        assertThat(command(CONFIGURE, FULL.get(CONFIGURE)))
                .isEqualTo(new ConfigureEnvironment(
                        common(null, 5L),
                        new StageDefinition(
                                "live",
                                FieldChange.to("Live"),
                                FieldChange.clear(),
                                FieldChange.to(List.of("qa")),
                                FieldChange.to(POLICY))));
    }

    @Test
    void everyMemberOfAPolicyCanBeReset() {
        Command command = command(CONFIGURE, """
                {'application':'shop','environment':'live','policy':{'onlyNewer':null,'completion':null,'timeout':null,
                'reportEvery':null,'whenBusy':null,'maxQueued':null,'onFailure':null,'soakTime':null}}""");

        assertThat(((ConfigureEnvironment) command).definition().policy())
                .isEqualTo(FieldChange.to(new PolicyChangeBuilder()
                        .onlyNewer(null)
                        .completion(null)
                        .timeout(null)
                        .reportEvery(null)
                        .whenBusy(null)
                        .maxQueued(null)
                        .onFailure(null)
                        .soakTime(null)
                        .change()));
    }

    @Test
    void whatIsToBeDeployedHasItsTermsAndItsExpectations() {
        CommonFields both = common(6L, 5L);
        assertThat(command(DEPLOY, FULL.get(DEPLOY)))
                .isEqualTo(new DeployRelease(both, "1.4.2", "staging", "development", TERMS));
        assertThat(command(ROLLBACK, FULL.get(ROLLBACK)))
                .isEqualTo(new RollBackEnvironment(both, "staging", "1.4.1", TERMS));
        assertThat(command(REDEPLOY, FULL.get(REDEPLOY)))
                .isEqualTo(new RedeployEnvironment(both, "staging", "1.4.2", TERMS));
        assertThat(command(UNDEPLOY, FULL.get(UNDEPLOY)))
                .isEqualTo(new UndeployRelease(common(null, 5L), "staging", TERMS));
        assertThat(command(DELETE, FULL.get(DELETE))).isEqualTo(new DeleteRelease(common(6L, null), "1.4.2"));
    }

    @Test
    void itWaitsUnlessTheCommandSaysOtherwise() {
        assertThat(command(DEPLOY, "{'application':'shop','release':'1','ifBlocked':'wait'}"))
                .isEqualTo(new DeployRelease(BARE, "1", null, null, StartOptions.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T12:00:00.9999Z, 2026-01-31T12:00:00.999Z",
        "2026-01-31t12:00:00z, 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00+23:59, 2026-01-30T12:01:00Z",
        "2026-01-31T12:00:00-23:59, 2026-02-01T11:59:00Z",
        "2024-02-29T23:59:59.123456789-00:30, 2024-03-01T00:29:59.123Z"
    })
    void timesAreInMillisecondsAndUtc(String given, String meant) {
        Command command = command(DEPLOY, "{'application':'shop','release':'1','notBefore':'" + given + "'}");

        assertThat(((DeployRelease) command).startOptions())
                .isEqualTo(new StartOptions(Instant.parse(meant), null, true));
    }

    @Test
    void reportTellsWhatIsLeftOutFromWhatIsSaid() {
        assertThat(command(REPORT, FULL.get(REPORT)))
                .isEqualTo(new ReportDeployment(
                        COMMON,
                        DEPLOYMENT,
                        ReportedStatus.IN_PROGRESS,
                        new Report("https://ci.example/7", "Half done\n", Instant.parse("2026-01-31T12:00:00.123Z"))));
        assertThat(command(REPORT, "{'application':'shop','deployment':'" + DEPLOYMENT + "','status':'succeeded'}"))
                .isEqualTo(new ReportDeployment(BARE, DEPLOYMENT, ReportedStatus.SUCCEEDED, Report.NONE));
    }

    @Test
    void cancelNamesADeployment() {
        assertThat(command(CANCEL, FULL.get(CANCEL))).isEqualTo(new CancelDeployment(COMMON, DEPLOYMENT));
    }

    @Test
    void aCommandIsADryRunOnlyIfItSaysSo() {
        assertThat(command(DELETE, "{'application':'shop','release':'1','dryRun':true}")
                        .common()
                        .isDryRun())
                .isTrue();
        assertThat(command(DELETE, "{'application':'shop','release':'1','dryRun':false}")
                        .common()
                        .isDryRun())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "P90D", "PT2160H", "P1DT2H3M4S", "PT0H05M", "P0DT1M", "P89DT24H", "PT7776000S"})
    void aDurationIsKeptAsItWasGiven(String duration) {
        Command command = command(
                CONFIGURE, "{'application':'shop','environment':'live','policy':{'timeout':'" + duration + "'}}");

        assertThat(((ConfigureEnvironment) command)
                        .definition()
                        .policy()
                        .value()
                        .timeout())
                .isEqualTo(FieldChange.to(duration));
    }

    @Test
    void labelsKeepTheirOrderAndDistinguishRemovedFromSet() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("z", "1");
        labels.put("a/b", null);
        assertThat(command(ANNOTATE, "{'application':'shop','release':'1','labels':{'z':'1','a/b':null}}"))
                .isEqualTo(new AnnotateRelease(BARE, "1", FieldChange.keep(), labels));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api/v1.2.3",
                "@scope/pkg@1.2.3",
                "sha256:244fd47e07d1004f0aed9c",
                "1:2.38.1-5+deb12u3",
                "156.0-1~deb12u1",
                "1!3.0.1",
                "_nightly",
                ".11"
            })
    void releasesHaveTheNamesThatPeopleGiveThem(String release) {
        assertThat(command(DEPLOY, "{'application':'shop','release':'" + release + "'}"))
                .isEqualTo(new DeployRelease(BARE, release, null, null, StartOptions.DEFAULT));
    }

    @Test
    void applicationsMayBeCoordinates() {
        ValidCommand decoded = valid(binary(DEPLOY, "{'application':'com.acme:shop~x@y','release':'1'}")
                .key("com.acme:shop~x@y")
                .build());

        assertThat(decoded.application()).isEqualTo("com.acme:shop~x@y");
        assertThat(Decoder.applicationOfKey(utf8("com.acme:shop~x@y"))).isEqualTo("com.acme:shop~x@y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"git@github.com:octo/shop.git", "ssh://git@host:22/a.git", "https://h/a?b=c", "git://h/a"})
    void aRepositoryIsWhatAHostOffersForCloning(String url) {
        assertThat(command(UPDATE, "{'application':'shop','release':'1','source':{'repoUrl':'" + url + "'}}"))
                .isInstanceOf(UpdateRelease.class);
    }

    @Test
    void textsOfManyLinesHaveTabsAndLineEnds() {
        assertThat(command(
                                DEPLOY,
                                "{'application':'shop','release':'1','reason':'a\\n\\tb\\r\\nc','actor':'Ada <ada@example.org>'}")
                        .common()
                        .attribution()
                        .reason())
                .isEqualTo("a\n\tb\r\nc");
    }

    @Test
    void defineKeepsTheOrderOfItsEnvironments() {
        assertThat(command(DEFINE, FULL.get(DEFINE)))
                .isEqualTo(new DefinePipeline(
                        COMMON,
                        List.of(
                                tier("development", "development"),
                                tier("qa", null),
                                new StageDefinition(
                                        "live",
                                        FieldChange.to("Live"),
                                        FieldChange.clear(),
                                        FieldChange.to(List.of("development", "qa")),
                                        FieldChange.to(POLICY))),
                        FieldChange.to(new KeepPolicy(20, 90))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/cloudevents+json",
                "Application/CloudEvents+JSON",
                "application/cloudevents+json;charset=utf-8",
                " application/cloudevents+json ; charset=utf-8"
            })
    void structuredModeIsRecognisedByItsContentType(String contentType) {
        valid(structured(DEPLOY, FULL.get(DEPLOY))
                .header("content-type", contentType)
                .build());
    }

    @Test
    void structuredModeNeedsNoContentTypeWhenTheValueSaysIt() {
        valid(structured(DEPLOY, FULL.get(DEPLOY)).without("content-type").build());
        valid(structured(DEPLOY, FULL.get(DEPLOY)).header("content-type", null).build());
    }

    /** The Python CloudEvents SDK, version 1: the content type of the data instead of that of the event, or both. */
    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "Application/JSON; charset=utf-8", "application/vnd.acme+json", "text/json"})
    void anEventThatIsWholeNeedsNoOtherSignThanJson(String contentType) {
        valid(structured(DEPLOY, FULL.get(DEPLOY))
                .header("content-type", contentType)
                .build());
        valid(structured(DEPLOY, FULL.get(DEPLOY))
                .alsoHeader("Content-Type", utf8(contentType))
                .build());
        valid(structured(DEPLOY, FULL.get(DEPLOY))
                .header("content-type", contentType)
                .alsoHeader("content-type", utf8("application/cloudevents+json"))
                .build());
    }

    @Test
    void structuredModeGoesBeforeHeadersOfBinaryMode() {
        ValidCommand decoded = valid(structured(DEPLOY, FULL.get(DEPLOY))
                .header("ce_id", "other")
                .header("ce_type", "nonsense")
                .build());

        assertThat(decoded.envelope().id()).isEqualTo("c-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Application/JSON; charset=utf-8", "application/vnd.acme+json", ""})
    void binaryModeTakesJsonByAnyOfItsNames(String contentType) {
        valid(binary(DEPLOY, FULL.get(DEPLOY))
                .header("content-type", contentType)
                .build());
        valid(binary(DEPLOY, FULL.get(DEPLOY)).without("content-type").build());
    }

    @Test
    void headerNamesMayBeInAnyLetterCase() {
        valid(binary(DEPLOY, FULL.get(DEPLOY))
                .without("ce_id")
                .header("CE_Id", "c-1")
                .without("content-type")
                .header("Content-Type", "application/json")
                .build());
    }

    @Test
    void dataMayComeFirstInAStructuredEnvelopeAndAsBase64() {
        String data = FULL.get(CREATE);
        String rest = "'specversion':'1.0','id':'c-1','source':'/ci','type':'" + CREATE + "'";
        String base64 = Base64.getEncoder().encodeToString(utf8(quoted(data)));
        ValidCommand plain = valid(binary(CREATE, data).build());
        ValidCommand first =
                valid(envelope("{ 'data' : " + data + " , " + rest + "}").build());
        ValidCommand encoded =
                valid(envelope("{'data_base64':'" + base64 + "'," + rest + "}").build());

        valid(envelope("{'data_base64':null,'data':" + data + "," + rest + "}").build());
        valid(envelope("{'data':null,'data_base64':'" + base64 + "'," + rest + "}")
                .build());
        assertThat(first.command()).isEqualTo(plain.command()).isEqualTo(encoded.command());
        assertThat(first.fingerprint()).isEqualTo(plain.fingerprint()).isEqualTo(encoded.fingerprint());
    }

    @Test
    void unusedAttributesAreIgnored() {
        valid(binary(DEPLOY, FULL.get(DEPLOY))
                .header("ce_time", "yesterday")
                .header("ce_dataschema", "::not a uri")
                .header("ce_datacontenttype", "application/json")
                .alsoHeader("ce_subject", new byte[] {(byte) 0xFF})
                .alsoHeader("REPLY_TOPIC", utf8("elsewhere"))
                .build());
        valid(envelope("{'specversion':'1.0','id':'c-1','source':'/ci','type':'" + DEPLOY
                        + "','time':7,'subject':{'a':[1,{}]},'correlationid':null,'datacontenttype':null,'data':"
                        + FULL.get(DEPLOY) + "}")
                .build());
    }

    @Test
    void correlationAndTraceComeAlongInBothModes() {
        Envelope expected = new Envelope("c-1", "/ci", DEPLOY, "corr-1", new TraceContext(TRACEPARENT, "ci=1,other=2"));
        ValidCommand valid = valid(binary(DEPLOY, FULL.get(DEPLOY))
                .header("ce_correlationid", "corr-1")
                .header("ce_traceparent", TRACEPARENT)
                .header("ce_tracestate", "ci=1,other=2")
                .build());
        ValidCommand other = valid(envelope("{'specversion':'1.0','id':'c-1','source':'/ci','type':'" + DEPLOY
                        + "','correlationid':'corr-1','tracestate':'ci=1,other=2','traceparent':'" + TRACEPARENT
                        + "','data':" + FULL.get(DEPLOY)
                        + "}")
                .build());

        assertThat(valid.envelope()).isEqualTo(expected);
        assertThat(other.envelope()).isEqualTo(expected);
        assertThat(valid.command().common().attribution().trace()).isEqualTo(expected.trace());
    }

    @Test
    void theTraceOfTheNearerHopTakesPrecedence() {
        ValidCommand decoded = valid(binary(DEPLOY, FULL.get(DEPLOY))
                .header("traceparent", TRACEPARENT)
                .header("ce_traceparent", TRACEPARENT.replace("b7ad", "0000"))
                .header("ce_tracestate", "of=another")
                .build());

        assertThat(decoded.envelope().trace()).isEqualTo(new TraceContext(TRACEPARENT, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x"
            })
    void aMalformedTraceIsDropped(String traceparent) {
        ValidCommand decoded = valid(binary(DEPLOY, FULL.get(DEPLOY))
                .header("traceparent", traceparent)
                .build());

        assertThat(decoded.envelope().trace()).isNull();
    }

    static Stream<String> badTracestates() {
        return Stream.of("", " ", "a=ü", "a=\u0000", "a=" + "x".repeat(511));
    }

    @ParameterizedTest
    @MethodSource("badTracestates")
    void aTracestateThatNobodyMayPassOnIsDropped(String tracestate) {
        ValidCommand decoded = valid(binary(DEPLOY, FULL.get(DEPLOY))
                .header("traceparent", TRACEPARENT)
                .header("tracestate", tracestate)
                .build());

        assertThat(decoded.envelope().trace()).isEqualTo(new TraceContext(TRACEPARENT, null));
    }

    @Test
    void aTracestateOf512CharactersIsPassedOn() {
        String tracestate = "a=" + "x".repeat(510);
        ValidCommand decoded = valid(binary(DEPLOY, FULL.get(DEPLOY))
                .header("traceparent", TRACEPARENT)
                .header("tracestate", tracestate)
                .build());

        assertThat(decoded.envelope().trace().tracestate()).isEqualTo(tracestate);
    }

    private static Command command(String type, String data) {
        return valid(binary(type, data).build()).command();
    }
}
