package dev.lockstep.store.format;

import dev.lockstep.domain.release.Source;

/** A {@link Source} as it is stored. */
record SourceRow(String repoUrl, String commitSha, String ref, String committedAt) {

    /** @param source may be null */
    static SourceRow of(Source source) {
        return source == null
                ? null
                : new SourceRow(source.repoUrl(), source.commitSha(), source.ref(), source.committedAt());
    }

    Source toSource() {
        return new Source(repoUrl, commitSha, ref, committedAt);
    }
}
