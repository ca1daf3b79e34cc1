package dev.lockstep.board.tables;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The tokens of search queries and of searched texts alike: runs of letters and digits, with their case folded. */
public final class Tokens {

    /** Longer tokens would not fit into an index. */
    private static final int MAX_LENGTH = 200;

    private Tokens() {}

    /** Upper case first, so that letters which are one in upper case are one here: ß and ss, ı and i, ς and σ; İ is an i, too. */
    private static String fold(String text) {
        return text.toUpperCase(Locale.ROOT)
                .replace('İ', 'I')
                .toLowerCase(Locale.ROOT)
                .replace('ς', 'σ');
    }

    /** @param texts may be null */
    public static Stream<String> of(String... texts) {
        return Arrays.stream(texts)
                .filter(Objects::nonNull)
                .flatMap(text -> Arrays.stream(fold(text).split("[^\\p{L}\\p{N}\\p{M}]+")))
                .filter(token -> !token.isEmpty())
                .map(token -> token.length() > MAX_LENGTH ? token.substring(0, MAX_LENGTH) : token)
                .distinct();
    }
}
