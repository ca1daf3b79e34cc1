package dev.lockstep.decode.form;

import dev.lockstep.domain.common.Change;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What was read of an object, by its shape: texts, whole numbers, nested values, lists of them, and cleared fields. */
public final class ParsedObject {

    /** Stands for an explicit null where that is allowed. */
    static final Object CLEARED = new Object();

    private final ObjectSchema shape;
    private final Object[] slots;

    ParsedObject(ObjectSchema shape, Object[] slots) {
        this.shape = shape;
        this.slots = slots;
    }

    ObjectSchema shape() {
        return shape;
    }

    /** @return null where nothing (valid) was said */
    Object at(int index) {
        return slots[index];
    }

    /** @return the text where there is one that breaks no rule, old or new, else null */
    public String sound(String name) {
        return shape.names().contains(name)
                        && slots[shape.indexOf(name)] instanceof String text
                        && shape.fields().get(shape.indexOf(name)).rule() instanceof ValueRule.Text rule
                        && rule.syntax().flaw(text) == null
                ? text
                : null;
    }

    public String text(String name) {
        return (String) slots[shape.indexOf(name)];
    }

    /** @return null where nothing was said */
    @SuppressWarnings("unchecked")
    Map<String, String> texts(String name) {
        return (Map<String, String>) slots[shape.indexOf(name)];
    }

    Long whole(String name) {
        return (Long) slots[shape.indexOf(name)];
    }

    boolean isTrue(String name) {
        return Boolean.TRUE.equals(slots[shape.indexOf(name)]);
    }

    /** @return to the millisecond, or null where nothing was said */
    Instant instant(String name) {
        String timestamp = text(name);
        return timestamp == null ? null : Times.instant(timestamp);
    }

    /** @return the constant whose name it is in lower case, or null where nothing was said */
    <E extends Enum<E>> E word(String name, Class<E> among) {
        String word = text(name);
        return word == null ? null : constant(word, among);
    }

    /** @return the nested object mapped, or null where there is none */
    <T> T nested(String name, Function<ParsedObject, T> mapper) {
        Object value = slots[shape.indexOf(name)];
        return value == null ? null : mapper.apply((ParsedObject) value);
    }

    @SuppressWarnings("unchecked")
    <T> List<T> list(String name, Function<ParsedObject, T> mapper) {
        return ((List<ParsedObject>) slots[shape.indexOf(name)])
                .stream().map(mapper).toList();
    }

    Change<String> textChange(String name) {
        return change(name, String.class::cast);
    }

    <T> Change<T> nestedChange(String name, Function<ParsedObject, T> mapper) {
        return change(name, value -> mapper.apply((ParsedObject) value));
    }

    Change<Boolean> truthChange(String name) {
        return change(name, Boolean.class::cast);
    }

    Change<Integer> wholeChange(String name) {
        return change(name, value -> Math.toIntExact((Long) value));
    }

    <E extends Enum<E>> Change<E> wordChange(String name, Class<E> among) {
        return change(name, value -> constant((String) value, among));
    }

    private static <E extends Enum<E>> E constant(String word, Class<E> among) {
        return Enum.valueOf(among, word.toUpperCase(Locale.ROOT));
    }

    @SuppressWarnings("unchecked")
    Change<List<String>> textsChange(String name) {
        return change(name, value -> (List<String>) value);
    }

    private <T> Change<T> change(String name, Function<Object, T> mapper) {
        Object value = slots[shape.indexOf(name)];
        if (value == null) {
            return Change.keep();
        }
        return value == CLEARED ? Change.clear() : Change.to(mapper.apply(value));
    }
}
