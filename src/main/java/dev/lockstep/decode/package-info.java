/**
 * Bytes in, {@link dev.lockstep.domain.Command} out: the CloudEvents envelope in both modes, and the form of every command
 * (contract, sections 1, 3 and 4).
 *
 * <p>{@link dev.lockstep.decode.Decoder} is the entry point; {@link dev.lockstep.decode.schema.CommandType} lists what
 * each command may contain. Any kind of input yields a value here, never an exception.
 */
package dev.lockstep.decode;
