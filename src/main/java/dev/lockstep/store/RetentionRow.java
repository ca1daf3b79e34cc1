package dev.lockstep.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;

/** How far outcomes are forgotten, and how the database's clock has behaved. There is only one row. */
@Entity
@Table(name = "retention")
class RetentionRow extends PanacheEntityBase {

    static final short ONLY_ID = 1;

    @Id
    short id;

    /** When a worker last checked. */
    @Column(name = "looked_at")
    Instant checkedAt;

    /** Since when no worker has seen the clock jump; the epoch if none ever did. */
    @Column(name = "steady_since")
    Instant steadySince;

    /** No older outcome is left. */
    @Column(name = "forgotten_to")
    Instant forgottenBefore;

    /**
     * Records a check of the clock.
     *
     * @param maxJump how much later than the last check it may be; if it is further off, in either direction, it is distrusted
     * @return whether it jumped
     */
    boolean observeClock(Instant now, Duration maxJump) {
        boolean jumped = Duration.between(checkedAt, now).abs().compareTo(maxJump) > 0;
        if (jumped) {
            steadySince = now;
        }
        if (now.isBefore(forgottenBefore)) {
            forgottenBefore = Instant.EPOCH; // outcomes remembered from now on have earlier times
        }
        checkedAt = now;
        return jumped;
    }

    /** Whether the clock has run steadily for that long. */
    boolean isSteady(Duration probation) {
        return !checkedAt.isBefore(steadySince.plus(probation));
    }

    void markDeletedTo(Instant to) {
        if (to.isAfter(forgottenBefore)) {
            forgottenBefore = to;
        }
    }
}
