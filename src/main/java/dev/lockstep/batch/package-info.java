/** The few types that intake, store, decide and publish share. Nothing is null unless marked so; the build checks this. */
@NullMarked
package dev.lockstep.batch;

import org.jspecify.annotations.NullMarked;
