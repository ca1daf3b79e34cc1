package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;

/** An environment as its status has it, or that there was one. */
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

    /** The status record, null for one that is gone. */
    public String state;
}
