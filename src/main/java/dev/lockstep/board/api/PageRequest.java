package dev.lockstep.board.api;

import org.jboss.resteasy.reactive.RestQuery;

/** The requested page of a list. */
public class PageRequest {

    @RestQuery
    public String cursor;

    @RestQuery
    public String limit;

    int pageSize() {
        return PageLimit.of(limit);
    }

    /** @return null for the first page */
    Cursor decodeCursor(int parts) {
        return Cursor.decode(cursor, parts);
    }
}
