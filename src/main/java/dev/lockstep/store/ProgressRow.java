package dev.lockstep.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;

/** How far a partition of the commands topic is applied, and known to be published: both the next offset. */
@Entity
@Table(name = "progress")
@IdClass(ProgressRow.Key.class)
class ProgressRow {

    @Id
    @Column(name = "topic_id")
    String topicId;

    @Id
    int partition;

    @Column(updatable = false)
    long applied;

    long published;

    /** Never back, and never beyond what is applied: that would be another worker's, or another time's. */
    void note(long committed) {
        if (committed <= applied) {
            published = Math.max(published, committed);
        }
    }

    record Key(String topicId, int partition) implements Serializable {}
}
