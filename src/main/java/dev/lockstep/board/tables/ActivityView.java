package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** What a command came to; without a type and an outcome what the clock did. */
@Entity(name = "BoardActivity")
@Table(schema = "board", name = "activity")
public class ActivityView {

    /** In the order in which they were read. */
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
