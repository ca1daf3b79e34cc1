/** What is known of the partitions of the commands topic. Nothing is null but what says so; the build checks it. */
@NullMarked
package dev.lockstep.partition;

import org.jspecify.annotations.NullMarked;
