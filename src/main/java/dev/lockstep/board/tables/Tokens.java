package dev.lockstep.board.tables;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/** The tokens of search queries and of searched texts alike: runs of letters and digits, without regard to case. */
public final class Tokens {

    /** Longer tokens would not fit into an index. */
    private static final int MAX_LENGTH = 200;

    private Tokens() {}

    /** @param texts may be null */
    public static Stream<String> of(String... texts) {
        return Arrays.stream(texts)
                .filter(Objects::nonNull)
                .flatMap(text -> Arrays.stream(ignoreCase(text).split("[^\\p{L}\\p{N}\\p{M}]+")))
                .filter(token -> !token.isEmpty())
                .map(token -> token.length() > MAX_LENGTH ? token.substring(0, MAX_LENGTH) : token)
                .distinct();
    }

    /** Each character by itself, as {@link String#equalsIgnoreCase} does: a sigma that ends a word is like any other. */
    private static String ignoreCase(String text) {
        return text.codePoints()
                .map(Character::toUpperCase)
                .map(Character::toLowerCase)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
