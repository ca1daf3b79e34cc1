/** Names of topics, and of headers that more than one package writes or reads. Nothing is null; the build checks it. */
@NullMarked
package dev.lockstep.wire;

import org.jspecify.annotations.NullMarked;
