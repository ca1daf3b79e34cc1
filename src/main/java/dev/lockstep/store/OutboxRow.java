package dev.lockstep.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;

@Entity
@Table(name = "outbox")
@IdClass(OutboxRow.Key.class)
class OutboxRow {

    @Id
    @Column(name = "topic_id")
    String topicId;

    @Id
    int partition;

    @Id
    @Column(name = "first_offset")
    long firstOffset;

    @Column(name = "next_offset")
    long nextOffset;

    byte[] records;

    record Key(String topicId, int partition, long firstOffset) implements Serializable {}
}
