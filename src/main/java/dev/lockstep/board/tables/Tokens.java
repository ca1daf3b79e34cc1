package dev.lockstep.board.tables;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** What is searched for, and in: runs of letters and digits in lower case, the same for both. */
public final class Tokens {

    /** Longer ones would not fit an index. */
    private static final int MAX_LENGTH = 200;

    private Tokens() {}

    /** @param texts may be null */
    public static Stream<String> of(String... texts) {
        return Arrays.stream(texts)
                .filter(Objects::nonNull)
                .flatMap(text -> Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}\\p{M}]+")))
                .filter(token -> !token.isEmpty())
                .map(token -> token.length() > MAX_LENGTH ? token.substring(0, MAX_LENGTH) : token)
                .distinct();
    }
}
