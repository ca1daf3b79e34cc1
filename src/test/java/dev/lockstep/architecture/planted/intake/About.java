package dev.lockstep.architecture.planted.intake;

import dev.lockstep.architecture.planted.batch.Round;

/** Half of a cycle. */
public class About {
    Round round;
}
