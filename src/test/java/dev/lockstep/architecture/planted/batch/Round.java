package dev.lockstep.architecture.planted.batch;

import dev.lockstep.architecture.planted.intake.About;

/** Half of a cycle. */
public class Round {
    About about;
}
