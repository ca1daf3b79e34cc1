/** The few types that intake, store, decide and publish share. Nothing is null but what says so; the build checks it. */
@NullMarked
package dev.lockstep.batch;

import org.jspecify.annotations.NullMarked;
