/** What failures mean, wherever they occur. Nothing is null unless marked so; the build checks this. */
@NullMarked
package dev.lockstep.failure;

import org.jspecify.annotations.NullMarked;
