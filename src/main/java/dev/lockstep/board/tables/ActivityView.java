package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** The result of a command; an entry without type and outcome is something that the clock caused. */
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
