package dev.lockstep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * People who have the board open, half of them on the start page and half each on one application: everyone listens to the stream
 * and refetches what is shown when it has changed, no more often than the page does. Nobody's page is hidden.
 */
final class SimulatedBrowsers implements AutoCloseable {

    /** The same as in the page's queries.js. */
    private static final long GATHER_MILLIS = 50;

    private static final long SPACING_MILLIS = 1_000;
    private static final int SPACING_FACTOR = 2;

    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int MICROS_PER_SECOND = 1_000_000;
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String base;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong responses = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile Histogram responseMicros = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
    private volatile Histogram lagMicros = new ConcurrentHistogram(SIGNIFICANT_DIGITS);

    /**
     * What they saw in some seconds.
     *
     * @param answers the number of responses to their requests
     * @param bytes the size of those responses, compressed
     * @param failures requests without a response or with an error, and streams that ended
     * @param answerMicros how long responses took
     * @param behindMicros how far the tables were behind the topics, as each message of a stream said
     */
    record Observations(long answers, long bytes, long failures, Histogram answerMicros, Histogram behindMicros) {}

    /** @param base the board's address */
    SimulatedBrowsers(String base, int count) {
        this.base = base;
        for (int n = 0; n < count; n++) {
            Browser browser = n % 2 == 0 ? new Browser(null, "/api/overview") : atApplication(Prefill.application(n));
            browser.open();
        }
    }

    private Browser atApplication(String application) {
        String path = "/api/applications/" + application;
        return new Browser(application, path, path + "/releases");
    }

    /** Since the previous call. */
    Observations takeObservations() {
        Observations seen = new Observations(
                responses.getAndSet(0), bytes.getAndSet(0), failures.getAndSet(0), responseMicros, lagMicros);
        responseMicros = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
        lagMicros = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
        return seen;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** One of those people. */
    private final class Browser implements Flow.Subscriber<String> {

        private final String application;
        private final String[] shown;
        private final String[] tags;
        private final AtomicBoolean dirty = new AtomicBoolean();
        private Flow.Subscription stream;
        private String event;
        private long notBefore;

        /** @param application null for the start page, which shows all applications */
        Browser(String application, String... shown) {
            this.application = application;
            this.shown = shown;
            this.tags = new String[shown.length];
        }

        void open() {
            refetch();
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(base + "/api/stream")).build();
            client.sendAsync(request, BodyHandlers.fromLineSubscriber(this)).whenComplete((answer, failure) -> {
                if (!clock.isShutdown()) {
                    failures.incrementAndGet();
                }
            });
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            stream = subscription;
            stream.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (clock.isShutdown()) {
                stream.cancel();
            } else if (line.startsWith("event:")) {
                event = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:") && "changes".equals(event)) {
                JsonNode told = read(line.substring("data:".length()));
                lagMicros.recordValue((long) (told.get("behind").doubleValue() * MICROS_PER_SECOND));
                if (application == null || told.get("applications").has(application)) {
                    onChange();
                }
            } else if (line.startsWith("data:") && "reset".equals(event)) {
                onChange();
            }
        }

        private void onChange() {
            if (dirty.compareAndSet(false, true)) {
                long wait = Math.max(GATHER_MILLIS, TimeUnit.NANOSECONDS.toMillis(notBefore - System.nanoTime()));
                clock.schedule(this::refetch, wait, TimeUnit.MILLISECONDS);
            }
        }

        private void refetch() {
            dirty.set(false);
            long begun = System.nanoTime();
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < shown.length; i++) {
                all.add(fetch(i, begun));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> {
                long took = System.nanoTime() - begun;
                notBefore = System.nanoTime()
                        + Math.max(TimeUnit.MILLISECONDS.toNanos(SPACING_MILLIS), SPACING_FACTOR * took);
            });
        }

        private CompletableFuture<?> fetch(int number, long begun) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + shown[number]))
                    .header("Accept-Encoding", "gzip")
                    .timeout(Duration.ofSeconds(30));
            if (tags[number] != null) {
                request.header("If-None-Match", tags[number]);
            }
            return client.sendAsync(request.build(), BodyHandlers.ofByteArray()).whenComplete((answer, failure) -> {
                if (failure == null && (answer.statusCode() == OK || answer.statusCode() == NOT_MODIFIED)) {
                    onResponse(number, answer, begun);
                } else {
                    failures.incrementAndGet();
                }
            });
        }

        private void onResponse(int number, HttpResponse<byte[]> answer, long begun) {
            responses.incrementAndGet();
            bytes.addAndGet(answer.body().length);
            responseMicros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
            tags[number] = answer.headers().firstValue("etag").orElse(null);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
