package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * The result of a command. An entry without a type is known from its events alone: it is something that a timer caused, or a
 * command, from another source, whose result has not been read yet or no longer exists.
 */
@Entity(name = "BoardActivity")
@Table(schema = "board", name = "activity")
public class ActivityView {

    /** Entries are numbered in the order in which they were read. */
    @Id
    public long number;

    public String application;
    public String source;
    public String command;
    public UUID cause;
    public Instant at;
    public long revision;
    public String type;
    public String outcome;
    public String code;
    public String detail;
    public String actor;
    public String reason;
    public String release;
    public String environment;
    public UUID deployment;
}
