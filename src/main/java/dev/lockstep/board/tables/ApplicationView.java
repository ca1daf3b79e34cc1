package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** An application as in its status record. */
@Entity(name = "BoardApplication")
@Table(schema = "board", name = "application")
public class ApplicationView {

    @Id
    public String id;

    public String title;
    public String owner;
    public boolean archived;

    /** The status record. */
    public String state;
}
