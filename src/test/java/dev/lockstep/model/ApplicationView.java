package dev.lockstep.model;

import java.util.List;

/** What an application-status record must say; its own facts are null where there is nothing to say. */
public record ApplicationView(Facts facts, boolean archived, List<StopView> pipeline) {

    /** What its events tell of an application, each of it null if there is none. */
    public record Facts(String title, String description, String owner, String url, Keep keep) {

        static final Facts NONE = new Facts(null, null, null, null, null);

        Facts with(Keep other) {
            return new Facts(title, description, owner, url, other);
        }
    }
}
