package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;

/** An environment as in its status record, or a trace of one that is gone. */
@Entity(name = "BoardEnvironment")
@Table(schema = "board", name = "environment")
@IdClass(ApplicationScopedKey.class)
public class EnvironmentView {

    @Id
    public String application;

    @Id
    public String id;

    public int position;
    public String tier;

    /** The release that runs there, or null. */
    public String current;

    /** The status record; null if the environment is gone. */
    public String state;

    /** Why it is gone, as its tombstone says; null if it is not. */
    public String gone;
}
