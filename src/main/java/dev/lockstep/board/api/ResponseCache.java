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
 * Computes one response for all identical requests between two changes, because every change makes all browsers ask at once.
 * No response is older than a change already announced. While nobody listens for changes, nothing is cached.
 */
@ApplicationScoped
class ResponseCache {

    private static final int MAX_BYTES = 8 * 1024 * 1024;

    /** Some responses change with time alone, without any announced change. */
    private static final Duration MAX_AGE = Duration.ofSeconds(5);

    /**
     * @param next the cursor of the next page if the body has no place for it, or null
     * @param position the position from which a stream continues
     */
    record CachedResponse(byte[] bytes, boolean isGzipped, String type, String tag, String next, long position) {}

    /** @param latestPosition the last change that was announced */
    private record CacheKey(String path, String query, String type, boolean acceptsGzip, long latestPosition) {}

    /** Building a page of large records takes several times its megabytes, from the worker's heap. */
    private static final int MAX_CONCURRENT_LOADS = 3;

    private final ConcurrencyLimit loadLimit = new ConcurrencyLimit(MAX_CONCURRENT_LOADS);
    private final LongSupplier positionSource;
    private final AsyncCache<CacheKey, CachedResponse> answers = Caffeine.newBuilder()
            .expireAfterWrite(MAX_AGE)
            .maximumWeight(MAX_BYTES)
            .weigher((CacheKey cacheKey, CachedResponse cachedResponse) -> cachedResponse.bytes().length)
            .buildAsync();

    @Inject
    ResponseCache(ChangeLog log) {
        this(log::latestPosition);
    }

    ResponseCache(LongSupplier positionSource) {
        this.positionSource = positionSource;
    }

    /**
     * @param type the requested media type
     * @param acceptsGzip whether the response may be compressed
     * @param position a position that the client has heard of, perhaps from another process, and that the response must include
     * @param loader reads the current data
     */
    Uni<CachedResponse> get(
            URI address, String type, boolean acceptsGzip, long position, Supplier<Uni<CachedResponse>> loader) {
        long latestPosition = positionSource.getAsLong();
        if (latestPosition < 0 || latestPosition < position) {
            return Uni.createFrom().completionStage(() -> load(loader).copy());
        }
        CacheKey cacheKey =
                new CacheKey(address.getRawPath(), address.getRawQuery(), type, acceptsGzip, latestPosition);
        // a copy, so that a client that disconnects does not cancel the others' response
        return Uni.createFrom().completionStage(() -> answers.get(cacheKey, (asked, executor) -> load(loader))
                .copy());
    }

    private CompletableFuture<CachedResponse> load(Supplier<Uni<CachedResponse>> loader) {
        return loadLimit.run(loader).subscribeAsCompletionStage();
    }
}
