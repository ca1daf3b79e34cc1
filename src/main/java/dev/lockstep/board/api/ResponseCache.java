package dev.lockstep.board.api;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.board.tables.ChangeLog;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Computes one response for all identical requests between two changes: every change makes all browsers ask at once.
 * Nobody gets a response older than a change already announced. While nobody listens to changes, nothing is cached.
 */
@ApplicationScoped
class ResponseCache {

    private static final int MAX_BYTES = 8 * 1024 * 1024;

    /** Some answers change without any change being told, by the time alone. */
    private static final Duration MAX_AGE = Duration.ofSeconds(5);

    /**
     * @param next the cursor of the next page where the text has no place for it, or null
     * @param position where a stream goes on from it
     */
    record CachedResponse(byte[] bytes, boolean isZipped, String type, String tag, String next, long position) {}

    /** @param latest the last change that was told */
    private record CacheKey(String path, String query, String type, boolean gzipAccepted, long latest) {}

    /** A page of large records is megabytes, several times over while it is made, in the heap that the worker needs. */
    private static final int MAX_CONCURRENT_LOADS = 3;

    private final ConcurrencyLimit loadLimit = new ConcurrencyLimit(MAX_CONCURRENT_LOADS);
    private final LongSupplier latest;
    private final AsyncCache<CacheKey, CachedResponse> answers = Caffeine.newBuilder()
            .expireAfterWrite(MAX_AGE)
            .maximumWeight(MAX_BYTES)
            .weigher((CacheKey cacheKey, CachedResponse cachedResponse) -> cachedResponse.bytes().length)
            .buildAsync();

    @Inject
    ResponseCache(ChangeLog log) {
        this(log::latest);
    }

    ResponseCache(LongSupplier latest) {
        this.latest = latest;
    }

    /**
     * @param type in which it is wanted
     * @param zips whether it may be compressed
     * @param loader reads what is there now
     */
    Uni<CachedResponse> get(URI address, String type, boolean zips, Supplier<Uni<CachedResponse>> loader) {
        long now = latest.getAsLong();
        if (now < 0) {
            return Uni.createFrom().completionStage(() -> load(loader).copy());
        }
        CacheKey cacheKey = new CacheKey(address.getRawPath(), address.getRawQuery(), type, zips, now);
        // a copy, so that a client that disconnects does not cancel the others' response
        return Uni.createFrom().completionStage(() -> answers.get(cacheKey, (asked, executor) -> load(loader))
                .copy());
    }

    private CompletableFuture<CachedResponse> load(Supplier<Uni<CachedResponse>> loader) {
        return loadLimit.run(loader).subscribeAsCompletionStage();
    }
}
