package dev.lockstep.domain.common;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How names are written in output for people and programs. */
public final class NameFormat {

    private NameFormat() {}

    /** {@code timed_out} */
    public static String wireName(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** {@code 'a', 'b'} */
    public static String quoted(List<String> ids) {
        return ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", "));
    }
}
