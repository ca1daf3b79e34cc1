package dev.lockstep.board.api;

import org.jboss.resteasy.reactive.RestQuery;

/** Which page of a list is asked for. */
public class PageRequest {

    @RestQuery
    public String cursor;

    @RestQuery
    public String limit;

    int pageSize() {
        return PageLimit.of(limit);
    }

    /** @return null for the first */
    Cursor decodeCursor(int parts) {
        return Cursor.decode(cursor, parts);
    }
}
