package dev.lockstep.board.api;

import dev.lockstep.board.tables.Tokens;
import java.util.stream.Collectors;

/** A search as Postgres' full-text search expects it: all words must match, each as a prefix. */
final class SearchQuery {

    private static final int MAX_LENGTH = 200;

    private SearchQuery() {}

    /** @return null when there is nothing to search for; a query that nothing matches when there are only signs between words */
    static String of(String words) {
        if (words == null || words.isBlank()) {
            return null;
        }
        if (words.length() > MAX_LENGTH) {
            throw Problem.invalidParameter("q", "must have at most " + MAX_LENGTH + " characters");
        }
        return Tokens.of(words).map(token -> "'" + token + "':*").collect(Collectors.joining(" & "));
    }
}
