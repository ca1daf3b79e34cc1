package dev.lockstep.partition;

import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** The metadata that a worker commits with each offset: that a worker committed it, and which database it uses. */
@Singleton
public final class CommitMetadata {

    private static final String WORKER = "lockstep";
    private static final char BEFORE_DATABASE = ' ';

    private volatile String text = WORKER;

    /** @param id the id of the database that this worker uses, set before it joins its group */
    public void setDatabaseId(String id) {
        text = WORKER + BEFORE_DATABASE + id;
    }

    public String asMetadata() {
        return text;
    }

    /** Whether a worker committed the offset with that metadata. */
    public static boolean isFromWorker(@Nullable String metadata) {
        return WORKER.equals(metadata) || metadata != null && metadata.startsWith(WORKER + BEFORE_DATABASE);
    }

    /** Whether a worker on a different database committed the offset with that metadata. */
    public boolean isFromOtherDatabase(@Nullable String metadata) {
        String database = databaseOf(metadata);
        return database != null && !text.equals(WORKER) && !text.equals(metadata);
    }

    /** @return the id of that worker's database, or null */
    public static @Nullable String databaseOf(@Nullable String metadata) {
        return metadata != null && isFromWorker(metadata) && !WORKER.equals(metadata)
                ? metadata.substring(WORKER.length() + 1)
                : null;
    }
}
