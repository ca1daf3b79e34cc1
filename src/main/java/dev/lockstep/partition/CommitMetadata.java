package dev.lockstep.partition;

import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** The metadata that a worker commits with each offset: that a worker committed it, and which database it uses. */
@Singleton
public final class CommitMetadata {

    private static final String WORKER_MARK = "lockstep";
    private static final char SEPARATOR = ' ';

    private volatile String text = WORKER_MARK;

    /** @param id the id of the database that this worker uses, set before it joins its group */
    public void setDatabaseId(String id) {
        text = WORKER_MARK + SEPARATOR + id;
    }

    public String text() {
        return text;
    }

    /** Whether a worker committed the offset with that metadata. */
    public static boolean isFromWorker(@Nullable String metadata) {
        return WORKER_MARK.equals(metadata) || metadata != null && metadata.startsWith(WORKER_MARK + SEPARATOR);
    }

    /** Whether a worker on a different database committed the offset with that metadata. */
    public boolean isFromOtherDatabase(@Nullable String metadata) {
        String database = databaseIdOf(metadata);
        return database != null && !text.equals(WORKER_MARK) && !text.equals(metadata);
    }

    /**
     * @return the id of the database of the worker that committed with this metadata; null if none did, or if it named no
     * database
     */
    public static @Nullable String databaseIdOf(@Nullable String metadata) {
        return metadata != null && isFromWorker(metadata) && !WORKER_MARK.equals(metadata)
                ? metadata.substring(WORKER_MARK.length() + 1)
                : null;
    }
}
