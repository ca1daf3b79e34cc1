package dev.lockstep.board.tables;

import java.io.Serializable;
import java.util.Objects;

/** Of what has an id within its application. */
public final class Key implements Serializable {

    private static final long serialVersionUID = 1;

    public String application;
    public String id;

    public Key() {}

    public Key(String application, String id) {
        this.application = application;
        this.id = id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && application.equals(key.application) && id.equals(key.id);
    }

    @Override
    public int hashCode() {
        return Objects.hash(application, id);
    }
}
