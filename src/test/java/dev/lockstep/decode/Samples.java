package dev.lockstep.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.decode.form.Field;
import dev.lockstep.decode.form.ObjectSchema;
import dev.lockstep.decode.form.Syntax;
import dev.lockstep.decode.form.ValueRule;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Data made from the decoder's own table of fields: what it takes, and every way to break it once. */
final class Samples {

    static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    static final String UNKNOWN = "unknownField";
    private static final String LONG_CHARACTER = "\uD83D\uDE80";

    private Samples() {}

    /**
     * Data that breaks the rules in one place.
     *
     * @param pointer where, rooted at the CloudEvent
     */
    record Broken(String how, String pointer, JsonNode data) {}

    static ObjectNode full(ObjectSchema shape) {
        ObjectNode data = JSON.objectNode();
        shape.fields().forEach(field -> data.set(field.name(), valid(field.rule())));
        return data;
    }

    /** The required fields, and of those of which one must be there the first. */
    static ObjectNode least(ObjectSchema shape) {
        ObjectNode data = full(shape);
        for (Field field : shape.fields()) {
            boolean chosen = shape.atLeastOneOf().indexOf(field.name()) == 0;
            if (!field.required() && !chosen) {
                data.remove(field.name());
            }
        }
        return data;
    }

    /** Each with one field at its limits, or cleared. */
    static List<ObjectNode> extremes(ObjectSchema shape) {
        List<ObjectNode> all = new ArrayList<>(List.of(full(shape), least(shape)));
        for (Field field : shape.fields()) {
            for (JsonNode value : extremes(field)) {
                all.add(full(shape).set(field.name(), value));
            }
        }
        return all;
    }

    static List<Broken> broken(ObjectSchema shape) {
        List<Broken> all = new ArrayList<>();
        breakObject(shape, "/data", full(shape), all);
        return all;
    }

    private static List<JsonNode> extremes(Field field) {
        List<JsonNode> values = new ArrayList<>();
        ValueRule rule = field.rule();
        if (field.nullable()) {
            values.add(JSON.nullNode());
        }
        if (rule instanceof ValueRule.Text text) {
            if (text.syntax() != Syntax.TIMESTAMP && text.syntax() != Syntax.TIER) {
                values.add(JSON.textNode(ofLength(text, text.max())));
            }
            if (text.syntax() == Syntax.ANY) {
                values.add(JSON.textNode(LONG_CHARACTER.repeat(text.max())));
                values.add(JSON.textNode(text.min() == 0 ? "" : "x"));
            }
        } else if (rule instanceof ValueRule.Whole) {
            values.add(JSON.numberNode(0));
            values.add(JSON.numberNode(Long.MAX_VALUE));
        } else if (rule instanceof ValueRule.Nested nested) {
            values.addAll(extremes(nested.shape()));
        } else if (rule instanceof ValueRule.ListOf list) {
            values.add(entries(list, list.max()));
            values.add(entries(list, list.min()));
        }
        return values;
    }

    private static void breakObject(ObjectSchema shape, String at, ObjectNode valid, List<Broken> all) {
        all.add(new Broken("unknown field", at + "/" + UNKNOWN, valid.deepCopy().put(UNKNOWN, 1)));
        if (!shape.atLeastOneOf().isEmpty()) {
            all.add(new Broken(
                    "none of " + shape.atLeastOneOf(), at, valid.deepCopy().remove(shape.atLeastOneOf())));
        }
        for (Field field : shape.fields()) {
            String pointer = at + "/" + field.name();
            if (field.required()) {
                ObjectNode without = valid.deepCopy();
                without.remove(field.name());
                all.add(new Broken("left out", pointer, without));
            }
            List<Broken> values = new ArrayList<>();
            breakValue(field.rule(), field.nullable(), pointer, values);
            values.forEach(value -> all.add(
                    new Broken(value.how(), value.pointer(), valid.deepCopy().set(field.name(), value.data()))));
        }
    }

    private static void breakValue(ValueRule rule, boolean nullable, String at, List<Broken> all) {
        Map<String, JsonNode> kinds = Map.of(
                "text", JSON.textNode("a"),
                "number", JSON.numberNode(7),
                "truth", JSON.booleanNode(true),
                "object", JSON.objectNode(),
                "list", JSON.arrayNode());
        kinds.forEach((kind, value) -> {
            if (!kind.equals(kindOf(rule))) {
                all.add(new Broken("wrong kind: " + kind, at, value));
            }
        });
        if (!nullable) {
            all.add(new Broken("null", at, JSON.nullNode()));
        }
        if (rule instanceof ValueRule.Text text) {
            breakText(text, at, all);
        } else if (rule instanceof ValueRule.Whole) {
            all.add(new Broken("negative", at, JSON.numberNode(-1)));
            all.add(new Broken("fraction", at, JSON.numberNode(1.5)));
            all.add(new Broken("too large", at, JSON.numberNode(BigInteger.TWO.pow(63))));
        } else if (rule instanceof ValueRule.Nested nested) {
            breakObject(nested.shape(), at, full(nested.shape()), all);
        } else if (rule instanceof ValueRule.ListOf list) {
            all.add(new Broken("too few", at, entries(list, list.min() - 1)));
            all.add(new Broken("too many", at, entries(list, list.max() + 1)));
            List<Broken> entries = new ArrayList<>();
            breakObject(list.shape(), at + "/1", full(list.shape()), entries);
            entries.forEach(entry -> all.add(
                    new Broken(entry.how(), entry.pointer(), entries(list, 1).add(entry.data()))));
        }
    }

    private static void breakText(ValueRule.Text text, String at, List<Broken> all) {
        if (text.min() > 0) {
            all.add(new Broken("too short", at, JSON.textNode("")));
        }
        all.add(new Broken("too long", at, JSON.textNode(ofLength(text, text.max() + 1))));
        if (text.syntax() == Syntax.ANY) {
            all.add(new Broken("too long in code points", at, JSON.textNode(LONG_CHARACTER.repeat(text.max() + 1))));
        } else {
            all.add(new Broken("foreign characters", at, JSON.textNode("\u00e4 /")));
        }
    }

    private static String kindOf(ValueRule rule) {
        return rule instanceof ValueRule.Text
                ? "text"
                : rule instanceof ValueRule.Whole ? "number" : rule instanceof ValueRule.Nested ? "object" : "list";
    }

    private static JsonNode valid(ValueRule rule) {
        if (rule instanceof ValueRule.Text text) {
            return JSON.textNode(beginning(text.syntax()));
        } else if (rule instanceof ValueRule.Nested nested) {
            return full(nested.shape());
        }
        return rule instanceof ValueRule.ListOf list ? entries(list, 2) : JSON.numberNode(3);
    }

    /** They differ in the field that must. */
    private static ArrayNode entries(ValueRule.ListOf list, int count) {
        ArrayNode entries = JSON.arrayNode();
        for (int i = 0; i < count; i++) {
            entries.add(full(list.shape()).put(list.distinctBy(), "stage-" + i));
        }
        return entries;
    }

    private static String ofLength(ValueRule.Text text, int length) {
        String beginning = beginning(text.syntax());
        return beginning + "0".repeat(length - beginning.length());
    }

    private static String beginning(Syntax syntax) {
        return switch (syntax) {
            case PURL -> "pkg:generic/shop@1";
            case ABSOLUTE_URI -> "https://git.example/shop";
            case TIMESTAMP -> "2026-01-31T12:00:00Z";
            case TIER -> "testing";
            default -> "a1";
        };
    }
}
