package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.board.Feed;
import dev.lockstep.board.tables.ChangeLog;
import dev.lockstep.board.tables.RecentChanges;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestQuery;

/** Tells browsers what has changed, so that they ask for what they show. */
@Path("/api/stream")
public class StreamResource {

    private static final Duration EVERY = Duration.ofMillis(200);
    private static final int TICKS_BETWEEN_PULSES = 25;
    private static final double MILLIS = 1_000;
    private static final long NOW = -1;

    /** Most browsers are told the same at the same time: it is put together once. In characters. */
    private static final int SHARED = 4 * 1024 * 1024;

    private static final Duration SHARED_FOR = Duration.ofSeconds(5);

    private final ChangeLog log;
    private final Feed feed;
    private final Cache<Span, Told> spans = Caffeine.newBuilder()
            .maximumWeight(SHARED)
            .weigher((Span span, Told told) -> told.data.length())
            .expireAfterWrite(SHARED_FOR)
            .build();

    StreamResource(ChangeLog log, Feed feed) {
        this.log = log;
        this.feed = feed;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(summary = "Server-sent events: which applications have changed.")
    @APIResponse(
            responseCode = "200",
            description = "As docs/board.md has it",
            content = @Content(mediaType = "text/event-stream", schema = @Schema(type = SchemaType.STRING)))
    public Multi<OutboundSseEvent> stream(
            @Context Sse sse, @RestQuery String position, @HeaderParam("Last-Event-ID") String lastSeen) {
        Listener listener = new Listener(sse, start(lastSeen != null ? lastSeen : position));
        return Multi.createFrom()
                .ticks()
                .every(EVERY)
                .onOverflow()
                .drop()
                .onItem()
                .transformToIterable(tick -> listener.next())
                .onSubscription()
                .invoke(log::listen)
                .onTermination()
                .invoke(log::leave);
    }

    private static long start(String position) {
        if (position == null) {
            return NOW;
        }
        try {
            return Long.parseLong(position);
        } catch (NumberFormatException e) {
            throw Problem.invalid("position", "must be one that an answer or a message had");
        }
    }

    /** From where to where a browser is told what has changed. */
    private record Span(long from, long to) {}

    /** @param position up to which it tells */
    private record Told(long position, String name, String data) {}

    /** @return null for nothing to say */
    private Told told(Span span) {
        RecentChanges.Changes changes = log.since(span.from);
        if (changes == null) {
            return null;
        }
        if (changes.applications().isEmpty()) {
            return new Told(changes.position(), "reset", node().toString());
        }
        ObjectNode data = node().put("behind", changes.behindMillis() / MILLIS);
        data.set("applications", Answers.JSON.valueToTree(changes.applications()));
        return new Told(changes.position(), "changes", data.toString());
    }

    /** One browser. */
    private final class Listener {

        private final Sse sse;
        private long position;
        private long ticks;

        Listener(Sse sse, long position) {
            this.sse = sse;
            this.position = position;
        }

        /** @return none for nothing to say */
        List<OutboundSseEvent> next() {
            long latest = log.latest();
            if (position == NOW) {
                position = latest;
            }
            Told told = position == latest ? null : spans.get(new Span(position, latest), StreamResource.this::told);
            if (told != null) {
                position = told.position;
                return List.of(event(told.name, told.data));
            }
            return ticks++ % TICKS_BETWEEN_PULSES == 0
                    ? List.of(event(
                            "pulse",
                            node().put("behind", feed.behind().toMillis() / MILLIS)
                                    .toString()))
                    : List.of();
        }

        private OutboundSseEvent event(String name, String data) {
            OutboundSseEvent.Builder event = sse.newEventBuilder().name(name).data(data);
            return position == NOW
                    ? event.build()
                    : event.id(Long.toString(position)).build();
        }
    }

    private static ObjectNode node() {
        return Answers.JSON.createObjectNode();
    }
}
