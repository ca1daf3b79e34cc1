package dev.lockstep.board.commands;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.server.jaxrs.HttpHeadersImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCommandTest {

    private static final String DATA = "{\"application\":\"shop\",\"release\":\"1.0\"}";
    private static final Map<String, String> BINARY = Map.of(
            "ce-id",
            "1",
            "CE-Source",
            "/ci/shop",
            "ce-type",
            "dev.lockstep.release.create.v1",
            "ce-specversion",
            "1.0");

    @Test
    void aStructuredCommandGoesOnAsItIs() throws HttpCommand.InvalidCommandException {
        String event = structured("\"id\":\"1\",\"source\":\"/ci\",\"type\":\"t\",\"specversion\":\"1.0\",");

        HttpCommand envelope = HttpCommand.parse(
                headers(Map.of(
                        "traceparent", "00-1-2-01", "tracestate", "ci=1", "ce-id", "not this one", "cookie", "secret")),
                true,
                event.getBytes(UTF_8));

        assertThat(envelope.application()).isEqualTo("shop");
        assertThat(envelope.source()).isEqualTo("/ci");
        assertThat(envelope.id()).isEqualTo("1");
        assertThat(new String(envelope.value(), UTF_8)).isEqualTo(event);
        assertThat(texts(envelope))
                .containsOnly(
                        Map.entry("content-type", HttpCommand.STRUCTURED),
                        Map.entry("traceparent", "00-1-2-01"),
                        Map.entry("tracestate", "ci=1"));
    }

    @Test
    void theAttributesOfABinaryCommandAreHeadersOfItsRecord() throws HttpCommand.InvalidCommandException {
        Map<String, String> request = new TreeMap<>(BINARY);
        request.put("ce-lockstepnote", "%E2%82%AC%201");
        request.put("ce-id", "a%2Fb");

        HttpCommand envelope = HttpCommand.parse(headers(request), false, DATA.getBytes(UTF_8));

        assertThat(envelope.id()).isEqualTo("a/b");
        assertThat(texts(envelope))
                .containsOnly(
                        Map.entry("content-type", "application/json"),
                        Map.entry("ce_id", "a/b"),
                        Map.entry("ce_source", "/ci/shop"),
                        Map.entry("ce_type", "dev.lockstep.release.create.v1"),
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_lockstepnote", "\u20ac 1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%zz", "%C0%A0"})
    void aHeaderThatIsWronglyEncodedIsRefused(String source) {
        Map<String, String> request = new TreeMap<>(BINARY);
        request.remove("CE-Source");
        request.put("ce-source", source);

        assertThatThrownBy(() -> HttpCommand.parse(headers(request), false, DATA.getBytes(UTF_8)))
                .isInstanceOf(HttpCommand.InvalidCommandException.class)
                .hasMessage("The header ce-source is not percent-encoded UTF-8.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce-id", "CE-Source", "ce-type", "ce-specversion"})
    void withoutAnAttributeThereCouldBeNoAnswer(String missing) {
        Map<String, String> request = new TreeMap<>(BINARY);
        request.remove(missing);

        assertThatThrownBy(() -> HttpCommand.parse(headers(request), false, DATA.getBytes(UTF_8)))
                .hasMessage("The CloudEvent has no " + missing.substring(3).toLowerCase(Locale.ROOT) + ".");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | The body is not one JSON object in UTF-8 with distinct member names.",
                "[] | The body is not one JSON object in UTF-8 with distinct member names.",
                "`` | The body is not one JSON object in UTF-8 with distinct member names.",
                "{\"application\":\"shop\"} {} | The body is not one JSON object in UTF-8 with distinct member names.",
                "{\"application\":\"shop\",\"application\":\"blog\"} | The body is not one JSON object in UTF-8 with distinct member names.",
                "\uFEFF{\"application\":\"shop\"} | The body is not one JSON object in UTF-8 with distinct member names.",
                "{} | data.application must be a string: it is the command's key.",
                "{\"application\":7} | data.application must be a string: it is the command's key.",
            })
    void aBodyWithoutAKeyIsRefused(String body, String reason) {
        assertThatThrownBy(() -> HttpCommand.parse(headers(BINARY), false, body.getBytes(UTF_8)))
                .hasMessage(reason);
    }

    @Test
    void anotherEncodingThanUtf8IsRefused() {
        assertThatThrownBy(() -> HttpCommand.parse(headers(BINARY), false, DATA.getBytes(UTF_16LE)))
                .hasMessage("The body is not one JSON object in UTF-8 with distinct member names.");
    }

    @Test
    void anAttributeThatOccursTwiceIsRefused() {
        List<Map.Entry<String, String>> request = new ArrayList<>(BINARY.entrySet());
        request.add(Map.entry("ce-id", "2"));

        assertThatThrownBy(() -> HttpCommand.parse(new HttpHeadersImpl(request), false, DATA.getBytes(UTF_8)))
                .hasMessage("The header ce-id occurs more than once.");
    }

    @Test
    void anAttributeThatIsNoTextIsNone() {
        String event = structured("\"id\":1,\"source\":\"/ci\",\"type\":\"t\",\"specversion\":\"1.0\",");

        assertThatThrownBy(() -> HttpCommand.parse(headers(Map.of()), true, event.getBytes(UTF_8)))
                .hasMessage("The CloudEvent has no id.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id | a\\u0000b",
                "id | a\\ud800",
                "source | /\\udc00\\ud800",
                "type | a\\ud800",
                "correlationid | a\\ud800",
            })
    void textThatNoResultCouldRepeatIsRefused(String attribute, String value) {
        Map<String, String> attributes =
                new TreeMap<>(Map.of("id", "1", "source", "/ci", "type", "t", "specversion", "1.0"));
        attributes.put(attribute, value);

        assertThatThrownBy(() -> HttpCommand.parse(headers(Map.of()), true, structured(attributes)))
                .hasMessage("The CloudEvent's " + attribute + " must not contain U+0000 or an unpaired surrogate.");
    }

    @Test
    void nulInAHeaderIsRefused() {
        Map<String, String> request = new TreeMap<>(BINARY);
        request.put("ce-id", "a%00b");

        assertThatThrownBy(() -> HttpCommand.parse(headers(request), false, DATA.getBytes(UTF_8)))
                .hasMessage("The CloudEvent's id must not contain U+0000 or an unpaired surrogate.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3", "1", "2.0", "1.0 "})
    void anotherVersionOfCloudEventsIsRefused(String version) {
        Map<String, String> request = new TreeMap<>(BINARY);
        request.put("ce-specversion", version);

        assertThatThrownBy(() -> HttpCommand.parse(headers(request), false, DATA.getBytes(UTF_8)))
                .hasMessage("The CloudEvent's specversion must be 1.0.");
    }

    private static byte[] structured(Map<String, String> attributes) {
        return structured(attributes.entrySet().stream()
                        .map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue() + "\",")
                        .collect(Collectors.joining()))
                .getBytes(UTF_8);
    }

    private static String structured(String attributes) {
        return "{" + attributes + "\"data\":" + DATA + "}";
    }

    private static HttpHeadersImpl headers(Map<String, String> headers) {
        return new HttpHeadersImpl(headers.entrySet());
    }

    private static Map<String, String> texts(HttpCommand envelope) {
        Map<String, String> texts = new TreeMap<>();
        envelope.headers().forEach(header -> texts.put(header.key(), new String(header.value(), UTF_8)));
        return texts;
    }
}
