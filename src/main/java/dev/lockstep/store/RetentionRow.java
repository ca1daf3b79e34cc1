package dev.lockstep.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;

/** How far outcomes are forgotten, and how the database's clock was seen to run. There is one. */
@Entity
@Table(name = "retention")
class RetentionRow extends PanacheEntityBase {

    static final short ONLY = 1;

    @Id
    short id;

    /** When somebody last looked. */
    @Column(name = "looked_at")
    Instant lookedAt;

    /** Since when nobody saw the clock leap; the epoch when nobody ever did. */
    @Column(name = "steady_since")
    Instant steadySince;

    /** No older outcome is left. */
    @Column(name = "forgotten_to")
    Instant forgottenTo;

    /**
     * Notes a look at the clock.
     *
     * @param leap how much later than the last look it may be; further off, either way, the clock is distrusted
     * @return whether it leapt
     */
    boolean observeClock(Instant now, Duration leap) {
        boolean leapt = Duration.between(lookedAt, now).abs().compareTo(leap) > 0;
        if (leapt) {
            steadySince = now;
        }
        if (now.isBefore(forgottenTo)) {
            forgottenTo = Instant.EPOCH; // what is remembered now is older
        }
        lookedAt = now;
        return leapt;
    }

    /** Whether the clock has run steadily for that long. */
    boolean isSteady(Duration trial) {
        return !lookedAt.isBefore(steadySince.plus(trial));
    }

    void forgotten(Instant to) {
        if (to.isAfter(forgottenTo)) {
            forgottenTo = to;
        }
    }
}
