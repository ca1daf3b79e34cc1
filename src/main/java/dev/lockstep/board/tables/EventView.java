package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/** A CDEvent as it is stored for queries. */
@Entity(name = "BoardEvent")
@Table(schema = "board", name = "event")
@IdClass(EventView.Key.class)
public class EventView {

    /** Its position among the application's events. */
    public static final class Key implements Serializable {

        private static final long serialVersionUID = 1;

        public String application;
        public long revision;

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && application.equals(key.application) && revision == key.revision;
        }

        @Override
        public int hashCode() {
            return Objects.hash(application, revision);
        }
    }

    @Id
    public String application;

    @Id
    public long revision;

    public String type;
    public Instant at;
    public String release;
    public String environment;
    public UUID deployment;
    public UUID cause;
}
