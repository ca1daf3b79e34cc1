/** What is known about the partitions of the commands topic. Nothing is null unless marked so; the build checks this. */
@NullMarked
package dev.lockstep.partition;

import org.jspecify.annotations.NullMarked;
