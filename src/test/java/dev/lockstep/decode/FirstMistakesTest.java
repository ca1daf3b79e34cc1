package dev.lockstep.decode;

import static dev.lockstep.decode.Records.DEPLOY;
import static dev.lockstep.decode.Records.FULL;
import static dev.lockstep.decode.Records.binary;
import static dev.lockstep.decode.Records.deadLetterReason;
import static dev.lockstep.decode.Records.envelope;
import static dev.lockstep.decode.Records.refused;
import static dev.lockstep.decode.Records.utf8;
import static dev.lockstep.decode.Records.valid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.of;

import dev.lockstep.config.LimitsConfig;
import dev.lockstep.decode.Decoded.RejectedCommand;
import dev.lockstep.decode.Records.Builder;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.domain.common.RejectionCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What new producers get wrong, and what they are told. */
class FirstMistakesTest {

    private static final String NEEDS_HEADERS = "; every command needs ce_id, ce_source, ce_type, ce_specversion.";
    private static final String NEEDS_MEMBERS = "; every command needs id, source, type, specversion.";
    private static final String CUT_UP =
            "The value is only part of a JSON document: one record holds one whole command, and kcat, for"
                    + " example, sends each line as a record of its own.";
    private static final String NO_EVENT =
            "The record is not a CloudEvent: send it in binary mode (headers ce_id, ce_source, ce_type, "
                    + "ce_specversion) or in structured mode (content-type: application/cloudevents+json).";
    private static final String QUOTED =
            "The value is a JSON string: look for a serialiser that quotes the command a second time.";
    private static final String BOM = "The value begins with a byte order mark (U+FEFF): send UTF-8 without one.";
    private static final String EMPTY = "The value is empty: a command is one JSON object.";
    private static final String NO_VALUE =
            "The record has no value: a command is one JSON object. To delete a release, send release.delete instead"
                    + " of a tombstone.";
    private static final String EVENT =
            Records.quoted("{'specversion':'1.0','id':'1','source':'s','type':'" + DEPLOY + "','data':{}}");
    private static final String DATA = ",'data':{'application':'shop','release':'1'}}";

    static Stream<Arguments> noEnvelope() {
        return Stream.of(binaryMistakes(), structuredMistakes(), neither()).flatMap(rows -> rows);
    }

    private static Stream<Arguments> binaryMistakes() {
        return Stream.of(
                of(deploy().without("ce_source"), "Missing or empty: ce_source" + NEEDS_HEADERS),
                of(deploy().header("ce_id", ""), "Missing or empty: ce_id" + NEEDS_HEADERS),
                of(deploy().header("ce_id", null), "Missing or empty: ce_id" + NEEDS_HEADERS),
                of(deploy().without("ce_type").without("ce_id"), "Missing or empty: ce_id, ce_type" + NEEDS_HEADERS),
                of(deploy().without("ce_specversion"), "Missing or empty: ce_specversion" + NEEDS_HEADERS),
                of(
                        deploy().without("ce_specversion").without("content-type"),
                        "Missing or empty: ce_specversion" + NEEDS_HEADERS),
                of(deploy().header("ce_specversion", "0.3"), "ce_specversion must be 1.0."),
                of(deploy().alsoHeader("ce_id", utf8("c-1")), "ce_id occurs more than once: send it once."),
                of(deploy().alsoHeader("CE_TYPE", utf8("x")), "ce_type occurs more than once: send it once."),
                of(
                        deploy().without("ce_id").alsoHeader("ce_id", new byte[] {(byte) 0xC0, (byte) 0x80}),
                        "ce_id must be valid UTF-8."),
                of(
                        deploy().alsoHeader("content-type", utf8("application/json")),
                        "The header content-type occurs more than once: send it once."),
                of(
                        deploy().header("content-type", "application/cloudevents-batch+json"),
                        "The content type is not supported: send one event per record, as "
                                + "application/cloudevents+json or in binary mode."));
    }

    private static Stream<Arguments> structuredMistakes() {
        String rest = ",'source':'s','type':'" + DEPLOY + "'" + DATA;
        return Stream.of(
                of(structured("{'specversion':'1.0','id':'1','type':'t'}"), "Missing or empty: source" + NEEDS_MEMBERS),
                of(structured("{'specversion':'1.0','id':null" + rest), "Missing or empty: id" + NEEDS_MEMBERS),
                of(structured("{'specversion':'1.0','id':''" + rest), "Missing or empty: id" + NEEDS_MEMBERS),
                of(structured("{'specversion':'1.0','id':7" + rest), "id must be a string, not a number."),
                of(structured("{'specversion':1.0,'id':'7'" + rest), "specversion must be a string, not a number."),
                of(structured("{'specversion':'1','id':'7'" + rest), "specversion must be 1.0."),
                of(
                        structured("{'specversion':'1.0','id':'7','id':'7'" + rest),
                        "id occurs more than once: send it once."),
                of(
                        structured("{'specversion':'1.0','id':'7','data':{}" + rest),
                        "data occurs more than once: send it once."),
                of(
                        structured("{'specversion':'1.0','id':'\\ud800'" + rest),
                        "The envelope has an unpaired surrogate: send valid Unicode."),
                of(
                        structured("{'specversion':'1.0','id':'7'" + rest + "{}"),
                        "The value continues after its JSON object: send one command per record."),
                of(structured("{'specversion':'1.0','id':'7'"), CUT_UP),
                of(
                        structured("{'specversion':'1.0','id':'7',}"),
                        "The value is not valid JSON (line 1, column 31): send one well-formed JSON object."),
                of(structured("'id':'1',"), CUT_UP),
                of(structured("}"), CUT_UP),
                of(structured("'{}'"), QUOTED),
                of(structured(" \n"), EMPTY),
                of(structured("").value(utf8("\uFEFF{}")), BOM),
                of(
                        structured("{'specversion':'1.0','id':'7','x':" + "[".repeat(40)),
                        "The value is nested too deeply: send one well-formed JSON object."),
                of(structured("[]"), "The value is not a JSON object: a structured command is one."),
                of(structured(null), NO_VALUE),
                of(
                        structured("").value(new byte[] {'{', (byte) 0xFF, '}'}),
                        "The value is not valid UTF-8: send UTF-8."));
    }

    private static Stream<Arguments> neither() {
        String nameTheMode =
                "The value looks like a structured CloudEvent: set the header content-type: application/cloudevents+json.";
        return Stream.of(
                of(Records.structured(DEPLOY, FULL.get(DEPLOY)).header("content-type", "text/plain"), nameTheMode),
                of(
                        envelope("{'id':'1','source':'s','type':'t'" + DATA),
                        "Missing or empty: specversion" + NEEDS_MEMBERS),
                of(
                        envelope("{'Specversion':'1.0','id':'1','source':'s','type':'t'" + DATA),
                        "Missing or empty: specversion; every command needs id, source, type, specversion, in lower case."),
                of(
                        envelope("{'specversion':'1.0','id':'1','type':'t'}")
                                .header("content-type", "application/json"),
                        "Missing or empty: source" + NEEDS_MEMBERS),
                of(
                        Records.structured(DEPLOY, FULL.get(DEPLOY))
                                .header("content-type", "\"application/cloudevents+json\""),
                        "The content type is not supported; the quotes are part of the value: send it without them."),
                of(
                        deploy().header("ce_specversion", "\"1.0\""),
                        "ce_specversion must be 1.0; the quotes are part of the value: send it without them."),
                of(
                        deploy().header("ce_specversion", "1.0\n"),
                        "ce_specversion must be 1.0; it has U+000A LINE FEED (LF) at its end."),
                of(
                        Records.structured(DEPLOY, FULL.get(DEPLOY)).alsoHeader("content-type", utf8("text/plain")),
                        "The header content-type occurs more than once: send it once."),
                of(
                        Records.structured(DEPLOY, FULL.get(DEPLOY))
                                .alsoHeader("content-type", utf8("application/json"))
                                .header("ce_id", "1"),
                        "The header content-type occurs more than once: send it once."),
                of(envelope("{'application':'shop','release':'1','title':'t','source':{'ref':'main'}}"), NO_EVENT),
                of(envelope("").value(utf8("\uFEFF" + EVENT)), BOM),
                of(envelope("").value(EVENT.getBytes(StandardCharsets.UTF_16)), "The value is UTF-16: send UTF-8."),
                of(envelope("").value(EVENT.getBytes(StandardCharsets.UTF_16LE)), "The value is UTF-16: send UTF-8."),
                of(envelope("").value(EVENT.getBytes(StandardCharsets.UTF_16BE)), "The value is UTF-16: send UTF-8."),
                of(
                        envelope("").value(EVENT.replace("\"s\"", "\"é\"").getBytes(StandardCharsets.ISO_8859_1)),
                        "The value is not valid UTF-8: send UTF-8."),
                of(
                        envelope("").value(utf8("\0\0\0\0\u0001" + EVENT)),
                        "The value begins with a zero byte, as schema-registry serialisers write: send only the text."),
                of(envelope("'" + EVENT.replace("\"", "\\\"") + "'"), QUOTED),
                of(envelope("[{'specversion':'1.0'}]"), "The value is not a JSON object: a structured command is one."),
                of(envelope("{'application':'shop'}"), NO_EVENT),
                of(envelope("{'application':'shop'}").header("content-type", "application/json"), NO_EVENT),
                of(envelope("hello"), NO_EVENT),
                of(envelope("{"), CUT_UP),
                of(envelope("{'specversion':'1.0',"), CUT_UP),
                of(envelope("{'specversion':'1.0','id':'1', \r"), CUT_UP),
                of(envelope("{'specversion':'1.0',").header("content-type", "application/json"), CUT_UP),
                of(envelope("  'specversion': '1.0',"), CUT_UP),
                of(envelope("}"), CUT_UP),
                of(envelope(""), EMPTY),
                of(envelope(null), NO_VALUE),
                of(envelope(null).key(null), NO_VALUE),
                of(
                        envelope("x").value(new byte[LimitsConfig.DEFAULT_MAX_RECORD_BYTES + 1]),
                        "The key, the value or the headers are larger than 262144 bytes: send less, for example a link."));
    }

    @ParameterizedTest
    @MethodSource
    void noEnvelope(Builder record, String reason) {
        assertThat(deadLetterReason(record.build())).isEqualTo(reason);
    }

    @Test
    void aRecordMayBeAsLargeAsTheLimit() {
        byte[] value = utf8(Records.quoted(FULL.get(DEPLOY)));
        byte[] padded = Arrays.copyOf(value, LimitsConfig.DEFAULT_MAX_RECORD_BYTES);
        Arrays.fill(padded, value.length, padded.length, (byte) ' ');

        valid(deploy().value(padded).build());
        assertThat(deadLetterReason(
                        deploy().value(Arrays.copyOf(padded, padded.length + 1)).build()))
                .startsWith("The key, the value or the headers are larger");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dev.lockstep.release.create.v2 | This version knows release.create only as dev.lockstep.release.create.v1.",
                "dev.lockstep.release.create | This version knows release.create only as dev.lockstep.release.create.v1.",
                "release.create.v1 | Types are written in full: dev.lockstep.release.create.v1.",
                "pipeline.define | Types are written in full: dev.lockstep.pipeline.define.v1."
            })
    void aTypeThatIsNearlyKnownIsExplained(String type, String detail) {
        RejectedCommand refused = refused(binary(type, "{'application':'shop'}").build());

        assertThat(refused.code()).isEqualTo(RejectionCode.UNKNOWN_COMMAND);
        assertThat(refused.detail()).isEqualTo(detail);
        assertThat(refused.application()).isEqualTo("shop");
        assertThat(refused.violations()).isEmpty();
    }

    @Test
    void aMistypedTypeIsGuessedAndTheKnownOnesAreListed() {
        assertThat(refused(binary("dev.lockstep.release.creat.v1", "{}").build())
                        .detail())
                .startsWith(
                        "This version does not know this type; did you mean \"dev.lockstep.release.create.v1\"? (known: ")
                .contains(FULL.keySet());
    }

    @Test
    void charactersAroundATypeAreNamed() {
        assertThat(refused(binary("\"" + DEPLOY + "\"", "{}").build()).detail())
                .startsWith(
                        "This version does not know this type; the quotes are part of the value: send it without them (");
        assertThat(refused(binary(DEPLOY + "\n", "{}").build()).detail())
                .startsWith(
                        "This version does not know this type; it has U+000A LINE FEED (LF) at its end (known: dev.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "{'application':'sh op'}",
                "{'application':'a','application':'a'}",
                "{'application':'a'"
            })
    void anUnknownTypeGoesBeforeEverythingInTheData(String data) {
        RejectedCommand refused = refused(binary("dev.lockstep.party.v1", data)
                .header("ce_id", "i".repeat(5000))
                .header("content-type", "text/plain")
                .key(null)
                .build());

        assertThat(refused.code()).isEqualTo(RejectionCode.UNKNOWN_COMMAND);
        assertThat(refused.application()).isNull();
        assertThat(refused.envelope().id()).hasSize(Limits.ID);
    }

    @Test
    void theTypeIsCaseSensitiveAndIsTruncated() {
        RejectedCommand refused = refused(
                binary("\0" + DEPLOY.toUpperCase() + "x".repeat(5000), "{}").build());

        assertThat(refused.code()).isEqualTo(RejectionCode.UNKNOWN_COMMAND);
        assertThat(refused.envelope().type()).hasSize(Limits.TYPE).startsWith("\uFFFDDEV.LOCKSTEP");
    }

    @Test
    void theRecordKeyMustBeTheApplication() {
        assertThat(refused(deploy().key(null).build()).detail())
                .isEqualTo("The record has no key: set it to data.application, 'shop'.");
        assertThat(refused(deploy().key("\"shop\"").build()).detail())
                .isEqualTo(
                        "The record key is written as JSON, in quotes: send the bare text of data.application, 'shop'.");
        assertThat(refused(deploy().key("shop\n").build()).detail())
                .isEqualTo(
                        "The record key is 'shop\uFFFD', not data.application, 'shop'; it has U+000A LINE FEED (LF) at its"
                                + " end: set it to exactly the same bytes.");
        assertThat(refused(deploy().key("\0\0\0\0\u0001shop").build()).detail())
                .isEqualTo("The record key begins with a zero byte, as schema-registry serialisers write: send"
                        + " only the text, the bare data.application, 'shop'.");
        assertThat(refused(deploy().key("").build()).detail())
                .isEqualTo("The record has no key: set it to data.application, 'shop'.");
        RejectedCommand refused = refused(deploy().key("Shop").build());
        assertThat(refused.detail())
                .isEqualTo("The record key is 'Shop', not data.application, 'shop': set it to exactly the same bytes.");
        assertThat(refused.code()).isEqualTo(RejectionCode.KEY_MISMATCH);
        assertThat(refused.application()).isEqualTo("shop");
    }

    @Test
    void invalidDataGoesBeforeTheKey() {
        assertThat(refused(binary(DEPLOY, "{'application':'shop'}").key(null).build())
                        .code())
                .isEqualTo(RejectionCode.INVALID_COMMAND);
    }

    private static Builder deploy() {
        return binary(DEPLOY, FULL.get(DEPLOY));
    }

    private static Builder structured(String json) {
        return envelope(json).header("content-type", "application/cloudevents+json");
    }
}
