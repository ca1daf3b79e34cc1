package dev.lockstep.domain.release;

/**
 * Where a release's code comes from. Each part may be null, not all of them.
 *
 * @param committedAt RFC 3339, as the producer wrote it
 */
public record Source(String repoUrl, String commitSha, String ref, String committedAt) {}
