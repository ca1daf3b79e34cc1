package dev.lockstep.model;

import java.util.List;

/** What an application-status record must say; its own facts are null where there is nothing to say. */
public record ApplicationView(Facts facts, boolean archived, List<StopView> pipeline) {

    /** An application's own facts, each of them null if it has none. */
    public record Facts(String title, String description, String owner, String url) {

        static final Facts NONE = new Facts(null, null, null, null);
    }
}
