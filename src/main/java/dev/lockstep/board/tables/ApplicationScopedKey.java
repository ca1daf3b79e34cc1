package dev.lockstep.board.tables;

import java.io.Serializable;
import java.util.Objects;

/** The key of anything whose id is unique within its application. */
public final class ApplicationScopedKey implements Serializable {

    private static final long serialVersionUID = 1;

    public String application;
    public String id;

    public ApplicationScopedKey() {}

    public ApplicationScopedKey(String application, String id) {
        this.application = application;
        this.id = id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApplicationScopedKey applicationScopedKey
                && application.equals(applicationScopedKey.application)
                && id.equals(applicationScopedKey.id);
    }

    @Override
    public int hashCode() {
        return Objects.hash(application, id);
    }
}
