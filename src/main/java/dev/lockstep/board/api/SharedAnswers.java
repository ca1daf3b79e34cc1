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
 * Makes one answer for all who ask for the same between two changes: a change is told to all browsers at once, and all of them ask.
 * Nobody gets an answer from before a change that was told. While nobody is told of changes, nothing is shared.
 */
@ApplicationScoped
class SharedAnswers {

    private static final int MOST_BYTES = 8 * 1024 * 1024;

    /** Some answers change without any change being told, by the time alone. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    /**
     * @param next the cursor of the next page where the text has no place for it, or null
     * @param position where a stream goes on from it
     */
    record Answer(byte[] bytes, boolean isZipped, String type, String tag, String next, long position) {}

    /** @param latest the last change that was told */
    private record Question(String path, String query, String type, boolean zips, long latest) {}

    /** A page of large records is megabytes, several times over while it is made, in the heap that the worker needs. */
    private static final int MADE_AT_ONCE = 3;

    private final Turns turns = new Turns(MADE_AT_ONCE);
    private final LongSupplier latest;
    private final AsyncCache<Question, Answer> answers = Caffeine.newBuilder()
            .expireAfterWrite(LONGEST)
            .maximumWeight(MOST_BYTES)
            .weigher((Question question, Answer answer) -> answer.bytes().length)
            .buildAsync();

    @Inject
    SharedAnswers(ChangeLog log) {
        this(log::latest);
    }

    SharedAnswers(LongSupplier latest) {
        this.latest = latest;
    }

    /**
     * @param type in which it is wanted
     * @param zips whether it may be compressed
     * @param made reads what is there now
     */
    Uni<Answer> get(URI address, String type, boolean zips, Supplier<Uni<Answer>> made) {
        long now = latest.getAsLong();
        if (now < 0) {
            return Uni.createFrom().completionStage(() -> make(made).copy());
        }
        Question question = new Question(address.getRawPath(), address.getRawQuery(), type, zips, now);
        // a copy: whoever goes away cancels nobody else's
        return Uni.createFrom().completionStage(() -> answers.get(question, (asked, executor) -> make(made))
                .copy());
    }

    private CompletableFuture<Answer> make(Supplier<Uni<Answer>> made) {
        return turns.take(made).subscribeAsCompletionStage();
    }
}
