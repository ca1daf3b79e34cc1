package dev.lockstep.board.tables;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;

/** A release as in its status record, or a trace of one that is gone. */
@Entity(name = "BoardRelease")
@Table(schema = "board", name = "release")
@IdClass(ApplicationScopedKey.class)
public class ReleaseView {

    @Id
    public String application;

    @Id
    public String id;

    /** Null if the release is gone. */
    @Column(name = "created_revision")
    public Long createdRevision;

    public String title;

    @Column(name = "commit_sha")
    public String commitSha;

    public String artifact;

    /** The environments in which it is current. */
    @Column(name = "current_in")
    public String[] currentIn;

    /** The status record; null if the release is gone. */
    public String state;

    /** Why it is gone; null if it exists. */
    public String gone;
}
