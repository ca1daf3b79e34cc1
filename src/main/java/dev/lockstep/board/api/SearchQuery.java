package dev.lockstep.board.api;

import dev.lockstep.board.tables.Tokens;
import java.util.stream.Collectors;

/** A search as Postgres' full-text search expects it: all words must match, each as a prefix. */
final class SearchQuery {

    private static final int MAX_LENGTH = 200;

    /** Tokens are letters and digits. An empty query matches nothing either, but Postgres sends a notice for each. */
    private static final String NO_MATCH = "'!'";

    private SearchQuery() {}

    /** @return null when there is nothing to search for, {@link #NO_MATCH} when there is not a single letter or digit */
    static String of(String words) {
        if (words == null || words.isBlank()) {
            return null;
        }
        if (words.length() > MAX_LENGTH) {
            throw ProblemException.invalidParameter("q", "must have at most " + MAX_LENGTH + " characters");
        }
        String query = Tokens.of(words).map(token -> "'" + token + "':*").collect(Collectors.joining(" & "));
        return query.isEmpty() ? NO_MATCH : query;
    }
}
