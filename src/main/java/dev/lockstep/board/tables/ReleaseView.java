package dev.lockstep.board.tables;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;

/** A release as its status has it, or that there was one. */
@Entity(name = "BoardRelease")
@Table(schema = "board", name = "release")
@IdClass(ApplicationScopedKey.class)
public class ReleaseView {

    @Id
    public String application;

    @Id
    public String id;

    /** Null for one that is gone. */
    @Column(name = "created_revision")
    public Long createdRevision;

    public String title;

    @Column(name = "commit_sha")
    public String commitSha;

    public String artifact;

    /** Where it is current. */
    @Column(name = "current_in")
    public String[] currentIn;

    /** The status record, null for one that is gone. */
    public String state;

    /** Why it is gone, null for one that is there. */
    public String gone;
}
