package dev.lockstep.board.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.lockstep.board.Board;
import io.quarkus.hibernate.orm.PersistenceUnit;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.utils.Utils;
import org.hibernate.reactive.mutiny.Mutiny;

/** Builds the API's responses: read in a session, with an ETag and the position from which a stream continues. */
@ApplicationScoped
class ResponseFactory {

    static final ObjectMapper JSON = new ObjectMapper();

    static final String POSITION_HEADER = "Lockstep-Position";
    private static final String NEXT_HEADER = "Lockstep-Next";
    private static final String JSON_LINES = "application/jsonl";
    private static final String GZIP = "gzip";
    private static final int MIN_GZIP_BYTES = 1024;
    private static final int MAX_PAGE_BYTES = 1024 * 1024;

    private final Board board;
    private final Mutiny.SessionFactory sessions;
    private final ResponseCache responseCache;
    private final UriInfo uri;
    private final HttpHeaders request;

    ResponseFactory(
            Board board,
            @PersistenceUnit("board") Mutiny.SessionFactory sessions,
            ResponseCache responseCache,
            @Context UriInfo uri,
            @Context HttpHeaders request) {
        this.board = board;
        this.sessions = sessions;
        this.responseCache = responseCache;
        this.uri = uri;
        this.request = request;
    }

    /** @param query reads the data for the response */
    Uni<Response> object(Function<Mutiny.Session, Uni<? extends JsonNode>> query) {
        return respond(MediaType.APPLICATION_JSON, session -> query.apply(session)
                .map(node -> new Body(serialize(node), MediaType.APPLICATION_JSON, null)));
    }

    /**
     * A page of a list. It ends early once its items have {@value #MAX_PAGE_BYTES} bytes: a slow reader keeps all of it in
     * memory.
     *
     * @param found up to one row more than fits on the page
     * @param next the cursor after that row
     */
    static <T> ObjectNode page(List<T> found, int limit, Function<T, JsonNode> item, Function<T, String> next) {
        ObjectNode page = JSON.createObjectNode();
        ArrayNode items = page.putArray("items");
        long bytes = 0;
        for (T one : found) {
            if (items.size() == limit || bytes >= MAX_PAGE_BYTES) {
                break;
            }
            String text = serialize(item.apply(one));
            bytes += Utils.utf8Length(text);
            items.add(rawJson(text));
        }
        return page.put("next", items.size() < found.size() ? next.apply(found.get(items.size() - 1)) : null);
    }

    Uni<Response> list(Function<Mutiny.Session, Uni<ObjectNode>> query) {
        String type = acceptable().stream()
                .filter(mediaType -> !isUnacceptable(mediaType))
                .map(mediaType -> mediaType.getType() + '/' + mediaType.getSubtype())
                .filter(List.of(JSON_LINES, Csv.TYPE, MediaType.APPLICATION_JSON)::contains)
                .findFirst()
                .orElse(MediaType.APPLICATION_JSON);
        return respond(type, session -> query.apply(session).map(page -> body(page, type)));
    }

    /** RFC 9110, section 12.4.2. */
    private static boolean isUnacceptable(MediaType type) {
        return type.getParameters().getOrDefault("q", "1").matches("0(\\.0*)?");
    }

    private List<MediaType> acceptable() {
        try {
            return request.getAcceptableMediaTypes();
        } catch (IllegalArgumentException noMediaType) {
            return List.of();
        }
    }

    private static Body body(ObjectNode page, String type) {
        return switch (type) {
            case JSON_LINES -> new Body(lines(page), type, page.path("next").textValue());
            case Csv.TYPE ->
                new Body(
                        Csv.of(parse(serialize(page.get("items")))),
                        type + ";charset=UTF-8;header=present",
                        page.path("next").textValue());
            default -> new Body(serialize(page), type, null);
        };
    }

    /** @param next the cursor of the next page if the body has no place for it, or null */
    private record Body(String text, String type, String next) {}

    private Uni<Response> respond(String type, Function<Mutiny.Session, Uni<Body>> query) {
        if (!board.hasTables()) {
            throw ProblemException.of(503, "NOT_READY", "The board has no tables yet.");
        }
        boolean isGzipAccepted = acceptsGzip();
        String ifNoneMatch = request.getHeaderString(HttpHeaders.IF_NONE_MATCH);
        return responseCache
                .get(
                        uri.getRequestUri(),
                        type,
                        isGzipAccepted,
                        requiredPosition(),
                        () -> loadResponse(query, isGzipAccepted))
                .map(cached -> {
                    boolean isNotModified = etagMatches(ifNoneMatch, cached.tag());
                    return (isNotModified ? Response.notModified() : Response.ok(cached.bytes(), cached.type()))
                            .header(HttpHeaders.CONTENT_ENCODING, cached.isGzipped() && !isNotModified ? GZIP : null)
                            .header(HttpHeaders.ETAG, cached.tag())
                            .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                            .header(HttpHeaders.VARY, HttpHeaders.ACCEPT + ", " + HttpHeaders.ACCEPT_ENCODING)
                            .header(POSITION_HEADER, cached.position())
                            .header(NEXT_HEADER, cached.next())
                            .build();
                });
    }

    private long requiredPosition() {
        String position = request.getHeaderString(POSITION_HEADER);
        try {
            return position == null ? 0 : Long.parseLong(position);
        } catch (NumberFormatException e) {
            throw ProblemException.invalidParameter(
                    POSITION_HEADER, "must be a position from an earlier response or message");
        }
    }

    private Uni<ResponseCache.CachedResponse> loadResponse(
            Function<Mutiny.Session, Uni<Body>> query, boolean isGzipAccepted) {
        return sessions.withSession(session -> position(session)
                .chain(position -> query.apply(session).map(body -> toCachedResponse(position, body, isGzipAccepted))));
    }

    private static ResponseCache.CachedResponse toCachedResponse(long position, Body body, boolean isGzipAccepted) {
        byte[] bytes = body.text.getBytes(UTF_8);
        String tag = "W/\"" + UUID.nameUUIDFromBytes(bytes) + '"';
        boolean isGzipped = isGzipAccepted && bytes.length > MIN_GZIP_BYTES;
        return new ResponseCache.CachedResponse(
                isGzipped ? gzip(bytes) : bytes, isGzipped, body.type, tag, body.next, position);
    }

    /** Tags are compared weakly (RFC 9110, 13.1.2): a proxy may or may not have weakened one. */
    private static boolean etagMatches(String tags, String tag) {
        return tags != null
                && Arrays.stream(tags.split(","))
                        .map(String::strip)
                        .anyMatch(known -> known.equals("*") || toWeakTag(known).equals(tag));
    }

    private static String toWeakTag(String tag) {
        return tag.startsWith("W/") ? tag : "W/" + tag;
    }

    private boolean acceptsGzip() {
        String accepted = request.getHeaderString(HttpHeaders.ACCEPT_ENCODING);
        return accepted != null
                && Arrays.stream(accepted.split(",")).map(String::strip).anyMatch(GZIP::equalsIgnoreCase);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(zipped)) {
            stream.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return zipped.toByteArray();
    }

    /** Read before anything else: changes made in the meantime will be announced again by the stream. */
    private static Uni<Long> position(Mutiny.Session session) {
        return session.createNativeQuery("select coalesce(max(number), 0) from board.change", Long.class)
                .getSingleResult();
    }

    /** A published record, to be written into the response as it is, unparsed. */
    static JsonNode rawJson(String state) {
        return JSON.getNodeFactory().rawValueNode(new RawValue(state));
    }

    static JsonNode parse(String state) {
        try {
            return JSON.readTree(state);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String lines(ObjectNode page) {
        StringBuilder lines = new StringBuilder();
        page.get("items").forEach(item -> lines.append(serialize(item)).append('\n'));
        return lines.toString();
    }

    private static String serialize(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
