/** What failures mean, whoever meets them. Nothing is null but what says so; the build checks it. */
@NullMarked
package dev.lockstep.failure;

import org.jspecify.annotations.NullMarked;
