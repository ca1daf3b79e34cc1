package dev.lockstep.decode.envelope;

/**
 * Why a record has no readable envelope.
 *
 * @param kind what it is counted by
 * @param reason one sentence saying what to do; never quotes the record
 */
public record EnvelopeFailure(DeadLetterKind kind, String reason) {}
