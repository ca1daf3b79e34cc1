package dev.lockstep.store;

import dev.lockstep.domain.Application;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "application")
class ApplicationRow {

    @Id
    String id;

    long revision;

    long releases;

    String state;

    Application application() {
        return StoredState.application(id, revision, releases, state);
    }
}
