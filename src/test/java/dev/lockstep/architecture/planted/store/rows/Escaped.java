package dev.lockstep.architecture.planted.store.rows;

import dev.lockstep.architecture.planted.publish.Upward;

/** Imports upward from a package below its room's own, where a rule that names the room alone would not look. */
class Escaped {
    Upward up;
}
