package dev.lockstep.publish;

/** The consumer has no generation: the coordinator would take its offsets unfenced, so they are not sent. */
final class NoGenerationException extends RuntimeException {}
