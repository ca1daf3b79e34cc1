package dev.lockstep.model;

import java.util.List;

/** What an application-status record must say; its own facts are null if there is nothing to say. */
public record ExpectedApplication(Facts facts, boolean archived, List<StageView> pipeline) {

    /** What an application's events say about it; each is null if there is none. */
    public record Facts(String title, String description, String owner, String url, ModelKeepPolicy keep) {

        static final Facts NONE = new Facts(null, null, null, null, null);

        Facts with(ModelKeepPolicy other) {
            return new Facts(title, description, owner, url, other);
        }
    }
}
