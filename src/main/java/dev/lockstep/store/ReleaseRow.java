package dev.lockstep.store;

import dev.lockstep.domain.Release;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;

@Entity
@Table(name = "release")
@IdClass(ReleaseRow.Key.class)
class ReleaseRow {

    @Id
    String application;

    @Id
    String id;

    String state;

    Release release() {
        return StoredState.release(id, state);
    }

    record Key(String application, String id) implements Serializable {}
}
