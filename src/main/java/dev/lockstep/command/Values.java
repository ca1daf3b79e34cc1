package dev.lockstep.command;

import dev.lockstep.domain.Command.Change;
import java.util.List;
import java.util.function.Function;

/** What was read of an object, by its shape: texts, whole numbers, nested values, lists of them, and cleared fields. */
final class Values {

    /** Stands for an explicit null where that is allowed. */
    static final Object CLEARED = new Object();

    private final Shape shape;
    private final Object[] slots;

    Values(Shape shape, Object[] slots) {
        this.shape = shape;
        this.slots = slots;
    }

    Shape shape() {
        return shape;
    }

    /** @return null where nothing (valid) was said */
    Object at(int index) {
        return slots[index];
    }

    String text(String name) {
        return (String) slots[shape.indexOf(name)];
    }

    Long whole(String name) {
        return (Long) slots[shape.indexOf(name)];
    }

    /** @return the nested object mapped, or null where there is none */
    <T> T nested(String name, Function<Values, T> mapper) {
        Object value = slots[shape.indexOf(name)];
        return value == null ? null : mapper.apply((Values) value);
    }

    @SuppressWarnings("unchecked")
    <T> List<T> list(String name, Function<Values, T> mapper) {
        return ((List<Values>) slots[shape.indexOf(name)]).stream().map(mapper).toList();
    }

    Change<String> textChange(String name) {
        return change(name, String.class::cast);
    }

    <T> Change<T> nestedChange(String name, Function<Values, T> mapper) {
        return change(name, value -> mapper.apply((Values) value));
    }

    private <T> Change<T> change(String name, Function<Object, T> mapper) {
        Object value = slots[shape.indexOf(name)];
        if (value == null) {
            return Change.keep();
        }
        return value == CLEARED ? Change.clear() : Change.to(mapper.apply(value));
    }
}
