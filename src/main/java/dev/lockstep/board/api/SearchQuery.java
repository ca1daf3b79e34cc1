package dev.lockstep.board.api;

import dev.lockstep.board.tables.Tokens;
import java.util.stream.Collectors;

/** What somebody looks for, as Postgres' full text search takes it: all words, each the beginning of one. */
final class SearchQuery {

    private static final int MAX_LENGTH = 200;

    private SearchQuery() {}

    /** @return null when nothing is looked for */
    static String of(String words) {
        if (words == null || words.isBlank()) {
            return null;
        }
        if (words.length() > MAX_LENGTH) {
            throw Problem.invalidParameter("q", "must have up to " + MAX_LENGTH + " characters");
        }
        String query = Tokens.of(words).map(token -> "'" + token + "':*").collect(Collectors.joining(" & "));
        return query.isEmpty() ? null : query;
    }
}
