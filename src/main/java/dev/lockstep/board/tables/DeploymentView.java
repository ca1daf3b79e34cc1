package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** A deployment as of its latest event. */
@Entity(name = "BoardDeployment")
@Table(schema = "board", name = "deployment")
public class DeploymentView {

    @Id
    public UUID id;

    public String application;

    /** The revision of its first event. */
    public long revision;

    public String release;
    public String environment;
    public String status;

    /** The deployment as the contract describes it. */
    public String state;
}
