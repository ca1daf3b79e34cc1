package dev.lockstep.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.decode.schema.Field;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.decode.schema.ObjectSchema;
import dev.lockstep.decode.schema.Syntax;
import dev.lockstep.decode.schema.ValueRule;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Data made from the decoder's own field table: what it accepts, and every way to break it once. */
final class Samples {

    static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    static final String UNKNOWN = "unknownField";
    private static final String LONG_CHARACTER = "\uD83D\uDE80";
    private static final String NAME = "a1";
    private static final Set<Syntax> PROSE = Set.of(Syntax.TITLE, Syntax.LINE, Syntax.TEXT);
    private static final Set<Syntax> OF_ONE_FORM =
            Set.of(Syntax.TIMESTAMP, Syntax.UTC_TIMESTAMP, Syntax.DURATION, Syntax.DEPLOYMENT);

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
        if (data.has("expiresAt")) {
            data.put("expiresAt", "2026-01-31T12:00:00.001Z");
        }
        return data;
    }

    /** The required fields, and the first of those of which at least one is required. */
    private static ObjectNode least(ObjectSchema shape, ObjectNode full) {
        ObjectNode data = full.deepCopy();
        for (Field field : shape.fields()) {
            boolean chosen = shape.atLeastOneOf().indexOf(field.name()) == 0;
            if (!field.isRequired() && !chosen) {
                data.remove(field.name());
            }
        }
        return data;
    }

    /** Each with one field at its limits, or cleared. */
    static List<ObjectNode> extremes(ObjectSchema shape) {
        return extremes(shape, full(shape));
    }

    private static List<ObjectNode> extremes(ObjectSchema shape, ObjectNode full) {
        List<ObjectNode> all = new ArrayList<>(List.of(full, least(shape, full)));
        for (Field field : shape.fields()) {
            for (JsonNode value : extremes(field)) {
                all.add(full.deepCopy().set(field.name(), value));
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
        if (field.isNullable()) {
            values.add(JSON.nullNode());
        }
        if (rule instanceof ValueRule.StringRule text) {
            text.syntax().alternatives().forEach(each -> values.add(JSON.textNode(each)));
            if (text.syntax().alternatives().isEmpty() && !OF_ONE_FORM.contains(text.syntax())) {
                values.add(JSON.textNode(ofLength(text, text.max())));
            }
            if (isProse(text)) {
                values.add(JSON.textNode(LONG_CHARACTER.repeat(text.max())));
                values.add(JSON.textNode(text.min() == 0 ? "" : "x"));
            }
        } else if (rule instanceof ValueRule.IntegerRule whole) {
            values.add(JSON.numberNode(whole.min()));
            values.add(JSON.numberNode(whole.max()));
        } else if (rule instanceof ValueRule.ObjectRule nested) {
            values.addAll(extremes(nested.schema()));
        } else if (rule instanceof ValueRule.StageListRule stages) {
            values.add(entries(stages.list(), stages.list().max()));
            values.add(entries(stages.list(), stages.list().min()));
            extremes(stages.list().schema(), entry(stages.list(), 1))
                    .forEach(stage -> values.add(entries(stages.list(), 1).add(stage)));
        } else if (rule instanceof ValueRule.StringMapRule pairs) {
            values.add(JSON.objectNode());
            values.add(members(pairs, pairs.max()));
            if (pairs.isClearable()) {
                values.add(JSON.objectNode().putNull(NAME));
            }
        } else if (rule instanceof ValueRule.BooleanRule) {
            values.add(JSON.booleanNode(false));
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
            if (field.isRequired()) {
                ObjectNode without = valid.deepCopy();
                without.remove(field.name());
                all.add(new Broken("left out", pointer, without));
            }
            if (field.requires() != null
                    && shape.fields().stream()
                            .anyMatch(other -> other.name().equals(field.requires()) && !other.isRequired())) {
                ObjectNode without = valid.deepCopy();
                without.remove(field.requires());
                all.add(new Broken("without " + field.requires(), pointer, without));
            }
            List<Broken> values = new ArrayList<>();
            breakValue(field.rule(), field.isNullable(), pointer, values);
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
        if (rule instanceof ValueRule.StringRule text) {
            breakText(text, at, all);
        } else if (rule instanceof ValueRule.IntegerRule whole) {
            all.add(new Broken("too small", at, JSON.numberNode(whole.min() - 1)));
            all.add(new Broken("fraction", at, JSON.numberNode(1.5)));
            all.add(new Broken(
                    "too large",
                    at,
                    JSON.numberNode(BigInteger.valueOf(whole.max()).add(BigInteger.ONE))));
        } else if (rule instanceof ValueRule.ObjectRule nested) {
            breakObject(nested.schema(), at, full(nested.schema()), all);
        } else if (rule instanceof ValueRule.StageListRule stages) {
            breakStages(stages.list(), at, all);
        } else if (rule instanceof ValueRule.StringListRule list) {
            breakTexts(list, at, all);
        } else if (rule instanceof ValueRule.StringMapRule pairs) {
            breakPairs(pairs, at, all);
        }
    }

    private static void breakStages(ValueRule.ObjectListRule list, String at, List<Broken> all) {
        all.add(new Broken("too few", at, entries(list, list.min() - 1)));
        all.add(new Broken("too many", at, entries(list, list.max() + 1)));
        List<Broken> entries = new ArrayList<>();
        breakObject(list.schema(), at + "/1", entry(list, 1), entries);
        entries.forEach(entry -> all.add(
                new Broken(entry.how(), entry.pointer(), entries(list, 1).add(entry.data()))));
    }

    /** Too many entries are more than there are earlier stages, and so break more than one rule. */
    private static void breakTexts(ValueRule.StringListRule list, String at, List<Broken> all) {
        all.add(new Broken("too few", at, JSON.arrayNode()));
        all.add(new Broken("twice", at + "/1", JSON.arrayNode().add(NAME).add(NAME)));
        List<Broken> entries = new ArrayList<>();
        breakValue(list.elementRule(), false, at + "/1", entries);
        entries.forEach(entry -> all.add(new Broken(
                entry.how(), entry.pointer(), JSON.arrayNode().add(NAME).add(entry.data()))));
    }

    private static void breakPairs(ValueRule.StringMapRule pairs, String at, List<Broken> all) {
        all.add(new Broken("too many", at, members(pairs, pairs.max() + 1)));
        for (String name : List.of("", "-a", "a-", "\u00e4", "a".repeat(Limits.LABEL_NAME + 1))) {
            all.add(new Broken(
                    "foreign name", at + "/" + name, JSON.objectNode().set(name, valid(pairs.valueRule()))));
        }
        List<Broken> values = new ArrayList<>();
        breakValue(pairs.valueRule(), pairs.isClearable(), at + "/" + NAME, values);
        values.forEach(value -> all.add(
                new Broken(value.how(), value.pointer(), JSON.objectNode().set(NAME, value.data()))));
    }

    private static void breakText(ValueRule.StringRule text, String at, List<Broken> all) {
        if (text.min() > 0) {
            all.add(new Broken("too short", at, JSON.textNode("")));
        }
        all.add(new Broken("too long", at, JSON.textNode(ofLength(text, text.max() + 1))));
        if (isProse(text)) {
            all.add(new Broken("too long in code points", at, JSON.textNode(LONG_CHARACTER.repeat(text.max() + 1))));
            for (String control : List.of("\u0007", "\u007F", "\u0085", "\u202A", "\u202E", "\u2066", "\u2069")) {
                all.add(new Broken("a control character", at, JSON.textNode("a" + control + "b")));
            }
            boolean lines = text.syntax() == Syntax.TEXT;
            all.add(new Broken("a line end", at, JSON.textNode(lines ? "a\rb" : "a\nb")));
        } else {
            if (text.syntax() == Syntax.DURATION) {
                for (String none : List.of("PT", "P1DT", "P0D", "PT0S", "P1W", "P1M", "PT0.5S", "-PT1S", "pt1s")) {
                    all.add(new Broken("no duration: " + none, at, JSON.textNode(none)));
                }
            }
            all.add(new Broken("foreign characters", at, JSON.textNode("\u00e4 /")));
        }
    }

    private static boolean isProse(ValueRule.StringRule text) {
        return PROSE.contains(text.syntax());
    }

    private static String kindOf(ValueRule rule) {
        if (rule instanceof ValueRule.StringRule) {
            return "text";
        } else if (rule instanceof ValueRule.IntegerRule) {
            return "number";
        } else if (rule instanceof ValueRule.BooleanRule) {
            return "truth";
        }
        return rule instanceof ValueRule.ObjectRule || rule instanceof ValueRule.StringMapRule ? "object" : "list";
    }

    private static JsonNode valid(ValueRule rule) {
        if (rule instanceof ValueRule.StringRule text) {
            return JSON.textNode(beginning(text.syntax()));
        } else if (rule instanceof ValueRule.IntegerRule) {
            return JSON.numberNode(3);
        } else if (rule instanceof ValueRule.BooleanRule) {
            return JSON.booleanNode(true);
        } else if (rule instanceof ValueRule.ObjectRule nested) {
            return full(nested.schema());
        } else if (rule instanceof ValueRule.StringMapRule pairs) {
            return members(pairs, 2);
        }
        return rule instanceof ValueRule.StageListRule stages
                ? entries(stages.list(), 2)
                : JSON.arrayNode().add(NAME);
    }

    /** Names and values as long as they may be. */
    private static ObjectNode members(ValueRule.StringMapRule pairs, int count) {
        ObjectNode members = JSON.objectNode();
        for (int i = 0; i < count; i++) {
            String name = "a".repeat(Limits.LABEL_NAME - 2) + (10 + i);
            members.put(
                    name,
                    ofLength(
                            (ValueRule.StringRule) pairs.valueRule(),
                            ((ValueRule.StringRule) pairs.valueRule()).max()));
        }
        return members;
    }

    private static ArrayNode entries(ValueRule.ObjectListRule list, int count) {
        ArrayNode entries = JSON.arrayNode();
        for (int i = 0; i < count; i++) {
            entries.add(entry(list, i));
        }
        return entries;
    }

    /**
     * They differ in the field that must be unique. Each comes after all its predecessors, except the first, which names none.
     */
    private static ObjectNode entry(ValueRule.ObjectListRule list, int position) {
        ObjectNode entry = full(list.schema());
        if (position == 0) {
            return entry.without(List.of("after", "policy"));
        }
        ArrayNode after = entry.putArray("after");
        for (int i = 0; i < position; i++) {
            after.add(i == 0 ? NAME : "stage-" + i);
        }
        return entry.put(list.distinctBy(), "stage-" + position);
    }

    private static String ofLength(ValueRule.StringRule text, int length) {
        String beginning = beginning(text.syntax());
        return beginning + "0".repeat(length - beginning.length());
    }

    private static String beginning(Syntax syntax) {
        return switch (syntax) {
            case PURL -> "pkg:generic/shop@1";
            case REPOSITORY, WEB_URL -> "https://git.example/shop";
            case TIMESTAMP, UTC_TIMESTAMP -> "2026-01-31T12:00:00Z";
            case DURATION -> "PT30M";
            case DEPLOYMENT -> "f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff";
            default ->
                syntax.alternatives().isEmpty() ? NAME : syntax.alternatives().get(0);
        };
    }
}
