package dev.lockstep.board.tables;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The tokens of search queries and of searched texts alike: runs of letters and digits, in lower case. */
public final class Tokens {

    /** Longer tokens would not fit into an index. */
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
