package dev.lockstep.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.contract.Schemas;
import dev.lockstep.decode.envelope.ContentType;
import dev.lockstep.decode.schema.CommandType;
import dev.lockstep.decode.schema.Field;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.decode.schema.ObjectSchema;
import dev.lockstep.decode.schema.Syntax;
import dev.lockstep.decode.schema.ValueRule;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The published command schemas and the decoder agree. */
class CommandSchemasTest {

    private static final List<String> ANNOTATIONS = List.of("$schema", "title", "description");
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Schemas SCHEMAS = new Schemas();

    private final Decoder decoder = new Decoder(Limits.DEFAULT);

    @ParameterizedTest
    @EnumSource
    void schemaAndDecoderHaveTheSameFieldsAndLimits(CommandType type) throws IOException {
        JsonNode published = bare(Schemas.file(type.typeName() + ".json"));
        assertThat(pretty(published)).isEqualTo(pretty(object(type.schema())));
    }

    @ParameterizedTest
    @EnumSource
    void whatOneAcceptsTheOtherAccepts(CommandType type) {
        for (JsonNode data : Samples.extremes(type.schema())) {
            assertThat(SCHEMAS.violations(type.typeName() + ".json", data))
                    .as(data.toString())
                    .isEmpty();
            assertThat(decode(type, data)).as(data.toString()).isInstanceOf(Decoded.ValidCommand.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatViolatesTheSchemaIsRefusedWithItsLocation(CommandType type) {
        List<Samples.Broken> all = Samples.broken(type.schema());
        assertThat(all).hasSizeGreaterThan(20);
        for (Samples.Broken broken : all) {
            String what = broken.pointer() + " " + broken.how();
            assertThat(SCHEMAS.violations(type.typeName() + ".json", broken.data()))
                    .as(what)
                    .isNotEmpty();
            assertThat(decode(type, broken.data()))
                    .as(what)
                    .isInstanceOfSatisfying(Decoded.RejectedCommand.class, refused -> {
                        assertThat(refused.code()).as(what).isEqualTo(RejectionCode.INVALID_COMMAND);
                        assertThat(refused.violations())
                                .as(what)
                                .extracting(Violation::pointer)
                                .containsExactly(broken.pointer());
                    });
        }
    }

    @Test
    void everyTypeIsPublished() {
        JsonNode envelope = Schemas.file("command.json");
        List<String> types =
                Arrays.stream(CommandType.values()).map(CommandType::typeName).toList();
        assertThat(MAPPER.convertValue(envelope.at("/properties/type/enum"), String[].class))
                .containsExactlyElementsOf(types);
        assertThat(envelope.path("allOf").findValuesAsText("$ref"))
                .isEqualTo(types.stream().map(type -> type + ".json").toList());
        assertThat(Schemas.files())
                .filteredOn(file ->
                        file.matches("dev\\.lockstep\\.(release|environment|deployment|pipeline|application)\\..*"))
                .containsExactlyInAnyOrderElementsOf(
                        types.stream().map(type -> type + ".json").toList());
    }

    @Test
    void theEnvelopeHasTheSameLimitsInBothModes() {
        JsonNode structured = Schemas.file("command.json").path("properties");
        JsonNode binary = Schemas.file("headers.command.json").path("properties");
        Map<String, Integer> limits =
                Map.of("id", Limits.ID, "source", Limits.SOURCE, "correlationid", Limits.CORRELATION_ID);
        limits.forEach((name, limit) -> {
            for (JsonNode attribute : List.of(structured.path(name), binary.path("ce_" + name))) {
                assertThat(attribute.path("minLength").asInt()).as(name).isEqualTo(1);
                assertThat(attribute.path("maxLength").asInt()).as(name).isEqualTo(limit);
            }
        });
        for (JsonNode source : List.of(structured.path("source"), binary.path("ce_source"))) {
            assertThat(source.path("pattern").asText()).isEqualTo(Syntax.URI_REFERENCE.pattern());
        }
        for (JsonNode text : List.of(
                structured.path("id"),
                binary.path("ce_id"),
                structured.path("correlationid"),
                binary.path("ce_correlationid"))) {
            assertThat(text.path("pattern").asText()).isEqualTo(Syntax.LINE.pattern());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStructuredCommandIsAsValidAsItsData(CommandType type) {
        ObjectNode envelope = Samples.JSON.objectNode();
        envelope.put("specversion", "1.0").put("id", "1").put("source", "/ci").put("type", type.typeName());
        envelope.set("data", Samples.full(type.schema()));
        assertThat(SCHEMAS.violations("command.json", envelope)).isEmpty();
        assertThat(decodeStructured(envelope)).isInstanceOf(Decoded.ValidCommand.class);

        envelope.withObject("data").put(Samples.UNKNOWN, 1);
        assertThat(SCHEMAS.violations("command.json", envelope)).isNotEmpty();
        assertThat(decodeStructured(envelope)).isInstanceOf(Decoded.RejectedCommand.class);
    }

    private Decoded decode(CommandType type, JsonNode data) {
        RecordHeaders headers = new RecordHeaders();
        Map.of("ce_id", "1", "ce_source", "/ci", "ce_type", type.typeName(), "ce_specversion", "1.0")
                .forEach((name, value) -> headers.add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
        return Records.judged(decoder.decode(Records.record(key(data), bytes(data), headers)));
    }

    private Decoded decodeStructured(ObjectNode envelope) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("content-type", ContentType.STRUCTURED.getBytes(StandardCharsets.UTF_8));
        return Records.judged(decoder.decode(Records.record(key(envelope.path("data")), bytes(envelope), headers)));
    }

    private static byte[] key(JsonNode data) {
        return data.path("application").asText().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode object(ObjectSchema shape) {
        ObjectNode schema = Samples.JSON.objectNode().put("type", "object").put("additionalProperties", false);
        ArrayNode required = Samples.JSON.arrayNode();
        for (Field field : shape.fields()) {
            if (field.isRequired()) {
                required.add(field.name());
            }
            schema.withObject("properties").set(field.name(), value(field.rule(), field.isNullable()));
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        for (Field field : shape.fields()) {
            if (field.requires() != null && !required.toString().contains("\"" + field.requires() + "\"")) {
                schema.withObject("dependencies").putArray(field.name()).add(field.requires());
            }
        }
        for (String name : shape.atLeastOneOf()) {
            schema.withArray("anyOf").addObject().putArray("required").add(name);
        }
        return schema;
    }

    private static ObjectNode value(ValueRule rule, boolean nullable) {
        ObjectNode schema = value(rule);
        if (nullable) {
            schema.set("type", Samples.JSON.arrayNode().add(schema.get("type")).add("null"));
            if (schema.get("enum") instanceof ArrayNode values) {
                values.addNull();
            }
        }
        return schema;
    }

    /** A schema cannot express that an environment comes only after earlier ones, or that no two have the same id. */
    private static ObjectNode value(ValueRule rule) {
        if (rule instanceof ValueRule.ObjectRule nested) {
            return object(nested.schema());
        } else if (rule instanceof ValueRule.StageListRule stages) {
            return value(stages.list());
        }
        ObjectNode schema = Samples.JSON.objectNode();
        if (rule instanceof ValueRule.ObjectListRule list) {
            schema.put("type", "array").put("minItems", list.min()).put("maxItems", list.max());
            schema.set("items", object(list.schema()));
        } else if (rule instanceof ValueRule.StringListRule list) {
            schema.put("type", "array").put("minItems", list.min()).put("maxItems", list.max());
            schema.put("uniqueItems", true).set("items", value(list.elementRule()));
        } else if (rule instanceof ValueRule.StringMapRule pairs) {
            schema.put("type", "object").put("maxProperties", pairs.max());
            schema.putObject("propertyNames").put("pattern", pairs.nameSyntax().pattern());
            schema.set("additionalProperties", value(pairs.valueRule(), pairs.isClearable()));
        } else if (rule instanceof ValueRule.BooleanRule) {
            schema.put("type", "boolean");
        } else if (rule instanceof ValueRule.IntegerRule whole) {
            schema.put("type", "integer").put("minimum", whole.min()).put("maximum", whole.max());
        } else if (rule instanceof ValueRule.StringRule text) {
            text(schema.put("type", "string"), text);
        }
        return schema;
    }

    /** Alternatives are published as an enum. */
    private static void text(ObjectNode schema, ValueRule.StringRule text) {
        if (!text.syntax().alternatives().isEmpty()) {
            text.syntax().alternatives().forEach(schema.withArray("enum")::add);
            return;
        }
        String pattern = text.syntax().pattern();
        schema.put("minLength", text.min()).put("maxLength", text.max());
        if (pattern != null) {
            schema.put("pattern", pattern);
        }
    }

    /** Only what determines validity. */
    private static JsonNode bare(JsonNode schema) {
        JsonNode bare = schema.deepCopy();
        strip(bare);
        return bare;
    }

    private static void strip(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            ANNOTATIONS.forEach(name -> {
                if (object.path(name).isTextual()) {
                    object.remove(name);
                }
            });
        }
        schema.forEach(CommandSchemasTest::strip);
    }

    private static String pretty(JsonNode schema) throws IOException {
        return MAPPER.writerWithDefaultPrettyPrinter()
                .with(com.fasterxml.jackson.databind.SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .writeValueAsString(MAPPER.treeToValue(schema, Object.class));
    }
}
