package dev.lockstep.board.tables;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** A deployment as its latest event has it. */
@Entity(name = "BoardDeployment")
@Table(schema = "board", name = "deployment")
public class DeploymentView {

    @Id
    public UUID id;

    public String application;

    /** Of its first event. */
    public long revision;

    public String release;
    public String environment;
    public String status;

    /** The deployment as the contract has it. */
    public String state;
}
