package dev.lockstep.board.api;

import org.jboss.resteasy.reactive.RestQuery;

/** Which page of a list is asked for. */
public class Page {

    @RestQuery
    public String cursor;

    @RestQuery
    public String limit;

    int most() {
        return Limit.of(limit);
    }

    /** @return null for the first */
    Cursor from(int parts) {
        return Cursor.read(cursor, parts);
    }
}
