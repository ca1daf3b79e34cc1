package dev.lockstep.domain.common;

/**
 * The trace that a command is part of (W3C Trace Context), passed on unchanged.
 *
 * @param traceparent the span that sent it, well formed
 * @param tracestate what tracing systems added, or null
 */
public record TraceContext(String traceparent, String tracestate) {}
