package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/** What ran in an environment, and since when. */
@Entity(name = "BoardRun")
@Table(schema = "board", name = "run")
@IdClass(RunView.Key.class)
public class RunView {

    /** The revision of the event with which it began. */
    public static final class Key implements Serializable {

        private static final long serialVersionUID = 1;

        public String application;
        public String environment;
        public long revision;

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && application.equals(key.application)
                    && environment.equals(key.environment)
                    && revision == key.revision;
        }

        @Override
        public int hashCode() {
            return Objects.hash(application, environment, revision);
        }
    }

    @Id
    public String application;

    @Id
    public String environment;

    @Id
    public long revision;

    /** Null when the start is unknown. */
    public Instant since;

    /** Null when nothing ran there. */
    public String release;

    public UUID deployment;
    public String actor;
}
