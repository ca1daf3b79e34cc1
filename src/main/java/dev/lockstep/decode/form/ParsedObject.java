package dev.lockstep.decode.form;

import dev.lockstep.domain.Command.Change;
import java.util.List;
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
