package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lockstep.board.FeedStatus;
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

/** Tells browsers what has changed so that they can refresh what they show. */
@Path("/api/stream")
public class StreamResource {

    private static final Duration TICK_INTERVAL = Duration.ofMillis(200);
    private static final int TICKS_BETWEEN_PULSES = 25;
    private static final double MILLIS_PER_SECOND = 1_000;
    private static final long FROM_LATEST = -1;

    /** Most browsers get the same message at the same time, so it is built only once. In characters. */
    private static final int MAX_CACHED_CHARACTERS = 4 * 1024 * 1024;

    private static final Duration CACHE_EXPIRY = Duration.ofSeconds(5);

    private final ChangeLog changeLog;
    private final FeedStatus feedStatus;
    private final Cache<PositionRange, StreamMessage> messages = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED_CHARACTERS)
            .weigher((PositionRange positionRange, StreamMessage streamMessage) -> streamMessage.data.length())
            .expireAfterWrite(CACHE_EXPIRY)
            .build();

    StreamResource(ChangeLog log, FeedStatus feedStatus) {
        this.changeLog = log;
        this.feedStatus = feedStatus;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(summary = "Server-sent events: which applications have changed.")
    @APIResponse(
            responseCode = "200",
            description = "As described in docs/board.md",
            content = @Content(mediaType = "text/event-stream", schema = @Schema(type = SchemaType.STRING)))
    public Multi<OutboundSseEvent> stream(
            @Context Sse sse, @RestQuery String position, @HeaderParam("Last-Event-ID") String lastSeen) {
        StreamClient streamClient = new StreamClient(sse, parsePosition(lastSeen != null ? lastSeen : position));
        return Multi.createFrom()
                .ticks()
                .every(TICK_INTERVAL)
                .onOverflow()
                .drop()
                .onItem()
                .transformToIterable(tick -> streamClient.next())
                .onSubscription()
                .invoke(changeLog::addListener)
                .onTermination()
                .invoke(changeLog::removeListener);
    }

    private static long parsePosition(String position) {
        if (position == null) {
            return FROM_LATEST;
        }
        try {
            long parsed = Long.parseLong(position);
            if (parsed >= 0) {
                return parsed;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw ProblemException.invalidParameter("position", "must be a position from an earlier response or message");
    }

    /** The range of changes that a browser is told about. */
    private record PositionRange(long from, long to) {}

    /** @param position the last change it covers */
    private record StreamMessage(long position, String name, String data) {}

    /** @return null if there is nothing to send */
    private StreamMessage messageFor(PositionRange positionRange) {
        RecentChanges.Changes changes = changeLog.since(positionRange.from);
        if (changes == null) {
            return null;
        }
        if (changes.isReset()) {
            return new StreamMessage(changes.position(), "reset", node().toString());
        }
        ObjectNode data = node().put(
                        "behind", Math.max(changes.lagMillis(), feedStatus.lag().toMillis()) / MILLIS_PER_SECOND);
        data.set("applications", ResponseFactory.JSON.valueToTree(changes.applications()));
        return new StreamMessage(changes.position(), "changes", data.toString());
    }

    /** One connected browser. */
    private final class StreamClient {

        private final Sse sse;
        private long position;
        private long ticks;

        StreamClient(Sse sse, long position) {
            this.sse = sse;
            this.position = position;
        }

        /** @return nothing if there is nothing to send */
        List<OutboundSseEvent> next() {
            long latest = changeLog.latestPosition();
            if (position == FROM_LATEST) {
                position = latest; // unknown until the changes have been looked up once
            }
            StreamMessage streamMessage = position == latest
                    ? null
                    : messages.get(new PositionRange(position, latest), StreamResource.this::messageFor);
            if (streamMessage != null) {
                position = streamMessage.position;
                return List.of(event(streamMessage.name, streamMessage.data));
            }
            return ticks++ % TICKS_BETWEEN_PULSES == 0
                    ? List.of(event(
                            "pulse",
                            node().put("behind", feedStatus.lag().toMillis() / MILLIS_PER_SECOND)
                                    .toString()))
                    : List.of();
        }

        private OutboundSseEvent event(String name, String data) {
            OutboundSseEvent.Builder event = sse.newEventBuilder().name(name).data(data);
            return position == FROM_LATEST
                    ? event.build()
                    : event.id(Long.toString(position)).build();
        }
    }

    private static ObjectNode node() {
        return ResponseFactory.JSON.createObjectNode();
    }
}
