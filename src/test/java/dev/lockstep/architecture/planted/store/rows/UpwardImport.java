package dev.lockstep.architecture.planted.store.rows;

import dev.lockstep.architecture.planted.publish.Upward;

/** Imports upward from a sub-package, which a rule that names only the top-level package would not check. */
class UpwardImport {
    Upward up;
}
