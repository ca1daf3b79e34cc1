package dev.lockstep.decode.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The members an object may have. Anything else in it is a violation: nothing is guessed. */
public final class ObjectSchema {

    private final List<Field> fields;
    private final List<String> atLeastOneOf;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final int[] byName;
    private final long required;

    /** @param atLeastOneOf names of which at least one must be present, or empty */
    ObjectSchema(List<Field> fields, List<String> atLeastOneOf) {
        if (fields.size() > Long.SIZE) {
            throw new IllegalArgumentException("A schema has at most " + Long.SIZE + " fields");
        }
        this.fields = List.copyOf(fields);
        this.atLeastOneOf = List.copyOf(atLeastOneOf);
        for (int i = 0; i < fields.size(); i++) {
            indexes.put(fields.get(i).name(), i);
        }
        required = IntStream.range(0, fields.size())
                .filter(i -> fields.get(i).isRequired())
                .mapToLong(i -> 1L << i)
                .sum();
        byName = IntStream.range(0, fields.size())
                .boxed()
                .sorted(Comparator.comparing(i -> fields.get(i).name()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    public List<Field> fields() {
        return fields;
    }

    /** Names of which at least one must be present; empty if there is no such requirement. */
    public List<String> atLeastOneOf() {
        return atLeastOneOf;
    }

    /** The names of all fields. */
    public Set<String> names() {
        return indexes.keySet();
    }

    int indexOf(String name) {
        return indexes.get(name);
    }

    /** The fields' places in the order of their names: the canonical order of members. */
    int[] byName() {
        return byName;
    }

    /** @return the values, with none where a violation was found; null if there is no object at all */
    public ParsedObject read(JsonParser json, Pointer at, Violations violations) throws IOException {
        if (!ValueRule.expectToken(JsonToken.START_OBJECT, "an object", json, at, violations)) {
            return null;
        }
        Object[] slots = new Object[fields.size()];
        List<String> unknown = new ArrayList<>(0);
        long seen = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            seen |= readMember(json, at, violations, slots, seen, unknown);
        }
        Suggestions suggestions = unknown.isEmpty() ? null : new Suggestions(missing(seen), names());
        for (String name : unknown) {
            violations.add(
                    at.child(name),
                    () -> "is not a known field" + memberWith(name).orElseGet(() -> suggestions.suggestField(name)));
        }
        checkPresence(seen, at, violations);
        return new ParsedObject(this, slots);
    }

    /** @return the bit of the member that was read, 0 for an unknown one */
    private long readMember(
            JsonParser json, Pointer at, Violations violations, Object[] slots, long seen, List<String> unknown)
            throws IOException {
        String name = json.currentName();
        json.nextToken();
        Integer index = indexes.get(name);
        if (index == null) {
            unknown.add(name);
            json.skipChildren();
            return 0;
        }
        long bit = 1L << index;
        if ((seen & bit) != 0) {
            violations.add(at.child(name), "occurs more than once");
            json.skipChildren();
            slots[index] = null;
        } else {
            slots[index] = fields.get(index).read(json, at.child(name), violations);
        }
        return bit;
    }

    /** @return which member has a field of that name, as the end of a message; empty if none has */
    private Optional<String> memberWith(String name) {
        return fields.stream()
                .filter(field -> field.rule() instanceof ValueRule.ObjectRule member
                        && member.schema().names().contains(name))
                .findFirst()
                .map(field -> "; it belongs in \"" + field.name() + "\"");
    }

    /** The required fields that were not seen. */
    private List<String> missing(long seen) {
        long missing = required & ~seen;
        return missing == 0
                ? List.of()
                : IntStream.range(0, fields.size())
                        .filter(i -> hasBit(i, missing))
                        .mapToObj(i -> fields.get(i).name())
                        .toList();
    }

    private void checkPresence(long seen, Pointer at, Violations violations) {
        missing(seen).forEach(name -> violations.add(at.child(name), "is required"));
        if (!atLeastOneOf.isEmpty() && atLeastOneOf.stream().noneMatch(name -> hasBit(indexOf(name), seen))) {
            violations.add(at, "must name at least one of " + String.join(", ", atLeastOneOf));
        }
        for (int i = 0; i < fields.size(); i++) {
            String needs = fields.get(i).requires();
            if (needs != null && hasBit(i, seen) && isLeftOut(indexOf(needs), seen)) {
                violations.add(at.child(fields.get(i).name()), "must not be given without \"" + needs + "\"");
            }
        }
    }

    private static boolean hasBit(int index, long seen) {
        return (seen & 1L << index) != 0;
    }

    /** Whether an optional field was left out. */
    private boolean isLeftOut(int index, long seen) {
        return !fields.get(index).isRequired() && !hasBit(index, seen);
    }
}
