package dev.lockstep.decode.schema;

import dev.lockstep.domain.common.FieldChange;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** An object's values as read by its schema: strings, integers, nested objects, lists, and cleared fields. */
public final class ParsedObject {

    /** Stands for an explicit null where that is allowed. */
    static final Object CLEARED = new Object();

    private final ObjectSchema schema;
    private final Object[] slots;

    ParsedObject(ObjectSchema schema, Object[] slots) {
        this.schema = schema;
        this.slots = slots;
    }

    ObjectSchema schema() {
        return schema;
    }

    /** @return null where there is no (valid) value */
    Object at(int index) {
        return slots[index];
    }

    /** @return the text if it is present and breaks no rule, old or new; else null */
    public String validText(String name) {
        return schema.names().contains(name)
                        && slots[schema.indexOf(name)] instanceof String text
                        && schema.fields().get(schema.indexOf(name)).rule() instanceof ValueRule.StringRule rule
                        && rule.syntax().violation(text) == null
                ? text
                : null;
    }

    /**
     * @param name a field of the schema
     * @return null if it is absent, null, or invalid
     */
    public String text(String name) {
        return (String) slots[schema.indexOf(name)];
    }

    /** @return null where nothing was said */
    @SuppressWarnings("unchecked")
    Map<String, String> stringMap(String name) {
        return (Map<String, String>) slots[schema.indexOf(name)];
    }

    Long integer(String name) {
        return (Long) slots[schema.indexOf(name)];
    }

    boolean isTrue(String name) {
        return Boolean.TRUE.equals(slots[schema.indexOf(name)]);
    }

    /** @return the time to the millisecond, or null if not given */
    Instant instant(String name) {
        String timestamp = text(name);
        return timestamp == null ? null : Times.instant(timestamp);
    }

    /** @return the constant of which it is the lower-case name, or null if not given */
    <E extends Enum<E>> E enumValue(String name, Class<E> among) {
        String word = text(name);
        return word == null ? null : constant(word, among);
    }

    /** @return the nested object mapped, or null where there is none */
    <T> T nested(String name, Function<ParsedObject, T> mapper) {
        Object value = slots[schema.indexOf(name)];
        return value == null ? null : mapper.apply((ParsedObject) value);
    }

    @SuppressWarnings("unchecked")
    <T> List<T> list(String name, Function<ParsedObject, T> mapper) {
        return ((List<ParsedObject>) slots[schema.indexOf(name)])
                .stream().map(mapper).toList();
    }

    FieldChange<String> textChange(String name) {
        return change(name, String.class::cast);
    }

    <T> FieldChange<T> nestedChange(String name, Function<ParsedObject, T> mapper) {
        return change(name, value -> mapper.apply((ParsedObject) value));
    }

    FieldChange<Boolean> booleanChange(String name) {
        return change(name, Boolean.class::cast);
    }

    FieldChange<Integer> integerChange(String name) {
        return change(name, value -> Math.toIntExact((Long) value));
    }

    <E extends Enum<E>> FieldChange<E> enumChange(String name, Class<E> among) {
        return change(name, value -> constant((String) value, among));
    }

    private static <E extends Enum<E>> E constant(String word, Class<E> among) {
        return Enum.valueOf(among, word.toUpperCase(Locale.ROOT));
    }

    @SuppressWarnings("unchecked")
    FieldChange<List<String>> stringListChange(String name) {
        return change(name, value -> (List<String>) value);
    }

    private <T> FieldChange<T> change(String name, Function<Object, T> mapper) {
        Object value = slots[schema.indexOf(name)];
        if (value == null) {
            return FieldChange.keep();
        }
        return value == CLEARED ? FieldChange.clear() : FieldChange.to(mapper.apply(value));
    }
}
