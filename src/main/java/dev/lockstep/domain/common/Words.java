package dev.lockstep.domain.common;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How names are written wherever people or programs read them. */
public final class Words {

    private Words() {}

    /** {@code timed_out} */
    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** {@code 'a', 'b'} */
    public static String quoted(List<String> ids) {
        return ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", "));
    }
}
