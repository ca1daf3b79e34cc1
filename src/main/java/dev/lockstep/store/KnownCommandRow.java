package dev.lockstep.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.util.UUID;

@Entity
@Table(name = "known_command")
class KnownCommandRow {

    @Id
    UUID key;

    UUID fingerprint;

    long revision;

    UUID deployment;

    String problem;

    @Column(name = "known_at")
    OffsetDateTime knownAt;

    Known known() {
        return new Known(fingerprint, revision, deployment == null ? null : deployment.toString(), problem);
    }
}
