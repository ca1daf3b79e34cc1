package dev.lockstep.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a change to a JSON Schema breaks. For writers of commands, everything that was accepted must still be accepted; for
 * readers, everything that was there must still be there. A change that cannot be judged counts as breaking.
 */
final class SchemaCompatibility {

    /** Who relies on a schema. */
    enum Side {
        /** Producers of commands: the worker may accept more, never less. */
        TAKEN,
        /** Consumers: the worker may become more specific about what it emits, never less. */
        EMITTED
    }

    private static final List<String> LOWER = List.of("minLength", "minimum", "minItems");
    private static final List<String> UPPER = List.of("maxLength", "maximum", "maxItems");
    private static final List<String> FORMS = List.of("pattern", "format");
    private static final List<String> ALTERNATIVES = List.of("anyOf", "allOf");
    private static final Set<String> ANNOTATIONS = Set.of("$schema", "title", "description");

    private final Side side;
    private final List<String> breaks = new ArrayList<>();

    private SchemaCompatibility(Side side) {
        this.side = side;
    }

    /** @return what breaks, each with its location; empty if nothing does */
    static List<String> breaks(Side side, JsonNode released, JsonNode today) {
        SchemaCompatibility comparison = new SchemaCompatibility(side);
        comparison.compare("", released, today);
        return comparison.breaks;
    }

    private void compare(String at, JsonNode before, JsonNode now) {
        if (!before.path("$ref").equals(now.path("$ref"))) {
            breaks.add(at + " refers to another schema");
        }
        types(at, before, now);
        values(at, before, now, "enum");
        values(at, before, now, "const");
        known(at, before, now);
        LOWER.forEach(limit -> limit(at, before, now, limit, 1));
        UPPER.forEach(limit -> limit(at, before, now, limit, -1));
        FORMS.forEach(form -> form(at, before, now, form));
        ALTERNATIVES.forEach(either -> alternatives(at, before, now, either));
        properties(at, before, now);
        if (before.has("items") && now.has("items")) {
            compare(at + "/[]", before.get("items"), now.get("items"));
        } else if (before.has("items") != now.has("items")) {
            breaks.add(at + " has other entries");
        }
    }

    private void types(String at, JsonNode before, JsonNode now) {
        check(at + " has another type", before.path("type"), now.path("type"));
    }

    private void values(String at, JsonNode before, JsonNode now, String keyword) {
        check(at + " has other values (" + keyword + ")", before.path(keyword), now.path(keyword));
    }

    /** A set of what is possible; a missing set allows everything. */
    private void check(String what, JsonNode before, JsonNode now) {
        JsonNode narrow = side == Side.TAKEN ? before : now;
        JsonNode wide = side == Side.TAKEN ? now : before;
        if (!wide.isMissingNode() && (narrow.isMissingNode() || !set(wide).containsAll(set(narrow)))) {
            breaks.add(what);
        }
    }

    private void known(String at, JsonNode before, JsonNode now) {
        if (!set(now.path("x-extensible-enum")).containsAll(set(before.path("x-extensible-enum")))) {
            breaks.add(at + " no longer has a value that was known");
        }
    }

    /** @param narrowing 1 if a larger number accepts less, -1 if a smaller one does */
    private void limit(String at, JsonNode before, JsonNode now, String limit, int narrowing) {
        JsonNode narrow = side == Side.TAKEN ? before : now;
        JsonNode wide = side == Side.TAKEN ? now : before;
        if (!wide.has(limit)) {
            return;
        }
        int difference = narrow.has(limit)
                ? wide.get(limit).decimalValue().compareTo(narrow.get(limit).decimalValue())
                : narrowing;
        if (difference * narrowing > 0) {
            breaks.add(at + " has another " + limit);
        }
    }

    private void form(String at, JsonNode before, JsonNode now, String form) {
        JsonNode wide = side == Side.TAKEN ? now : before;
        if (wide.has(form) && !before.path(form).equals(now.path(form))) {
            breaks.add(at + " has another " + form);
        }
    }

    /** New conditions on commands are fine if they only concern what was not there before ({@code if}). */
    private void alternatives(String at, JsonNode before, JsonNode now, String either) {
        Set<JsonNode> old = bare(before.path(either));
        Set<JsonNode> today = bare(now.path(either));
        boolean fine = side == Side.EMITTED
                ? old.equals(today)
                : today.containsAll(old)
                        && (either.equals("anyOf")
                                ? !old.isEmpty() || today.isEmpty()
                                : today.stream().allMatch(branch -> old.contains(branch) || branch.has("if")));
        if (!fine) {
            breaks.add(at + " has other alternatives (" + either + ")");
        }
    }

    private void properties(String at, JsonNode before, JsonNode now) {
        before.path("properties").properties().forEach(property -> {
            String name = at + "/" + property.getKey();
            JsonNode today = now.path("properties").path(property.getKey());
            if (today.isMissingNode()) {
                breaks.add(name + " is gone");
            } else {
                compare(name, property.getValue(), today);
            }
        });
        Set<JsonNode> demanded = set((side == Side.TAKEN ? now : before).path("required"));
        demanded.removeAll(set((side == Side.TAKEN ? before : now).path("required")));
        demanded.forEach(name ->
                breaks.add(at + "/" + name.asText() + (side == Side.TAKEN ? " is now required" : " can be missing")));
        boolean closed = now.path("additionalProperties").equals(com.fasterxml.jackson.databind.node.BooleanNode.FALSE);
        if (side == Side.TAKEN && closed && !before.has("additionalProperties")) {
            breaks.add(at + " takes no other fields");
        }
    }

    private static Set<JsonNode> set(JsonNode node) {
        Set<JsonNode> all = new HashSet<>();
        if (node.isArray()) {
            node.forEach(all::add);
        } else if (!node.isMissingNode()) {
            all.add(node);
        }
        return all;
    }

    private static Set<JsonNode> bare(JsonNode schemas) {
        Set<JsonNode> all = new HashSet<>();
        for (JsonNode schema : schemas) {
            JsonNode bare = schema.deepCopy();
            strip(bare);
            all.add(bare);
        }
        return all;
    }

    private static void strip(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            ANNOTATIONS.forEach(name -> {
                if (object.path(name).isTextual()) {
                    object.remove(name);
                }
            });
        }
        schema.forEach(SchemaCompatibility::strip);
    }
}
