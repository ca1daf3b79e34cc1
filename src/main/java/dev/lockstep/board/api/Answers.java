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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** Answers of the API: read in a session, with the position from which a stream goes on, and an ETag. */
@ApplicationScoped
class Answers {

    static final ObjectMapper JSON = new ObjectMapper();

    static final String POSITION = "Lockstep-Position";
    private static final String NEXT = "Lockstep-Next";
    private static final String JSON_LINES = "application/jsonl";

    private final Board board;
    private final Mutiny.SessionFactory sessions;

    Answers(Board board, @PersistenceUnit("board") Mutiny.SessionFactory sessions) {
        this.board = board;
        this.sessions = sessions;
    }

    /** @param read what is answered */
    Uni<Response> one(HttpHeaders request, Function<Mutiny.Session, Uni<? extends JsonNode>> read) {
        return answer(request, session -> read.apply(session)
                .map(node -> new Body(write(node), MediaType.APPLICATION_JSON, null)));
    }

    /**
     * A page of a list.
     *
     * @param found up to one more than the page has
     * @param next the cursor behind that row
     */
    static <T> ObjectNode page(List<T> found, int limit, Function<T, JsonNode> item, Function<T, String> next) {
        ObjectNode page = JSON.createObjectNode();
        ArrayNode items = page.putArray("items");
        List<T> shown = found.size() > limit ? found.subList(0, limit) : found;
        shown.forEach(one -> items.add(item.apply(one)));
        return page.put("next", found.size() > limit ? next.apply(shown.get(limit - 1)) : null);
    }

    Uni<Response> list(HttpHeaders request, Function<Mutiny.Session, Uni<ObjectNode>> read) {
        String type = request.getAcceptableMediaTypes().stream()
                .map(one -> one.getType() + '/' + one.getSubtype())
                .filter(List.of(JSON_LINES, Csv.TYPE, MediaType.APPLICATION_JSON)::contains)
                .findFirst()
                .orElse(MediaType.APPLICATION_JSON);
        return answer(request, session -> read.apply(session).map(page -> body(page, type)));
    }

    private static Body body(ObjectNode page, String type) {
        return switch (type) {
            case JSON_LINES -> new Body(lines(page), type, page.path("next").textValue());
            case Csv.TYPE ->
                new Body(
                        Csv.of(read(write(page.get("items")))),
                        type + ";charset=UTF-8;header=present",
                        page.path("next").textValue());
            default -> new Body(write(page), type, null);
        };
    }

    /** @param next the cursor of the next page where the text has no place for it, or null */
    private record Body(String text, String type, String next) {}

    private Uni<Response> answer(HttpHeaders request, Function<Mutiny.Session, Uni<Body>> read) {
        if (!board.isReady()) {
            throw Problem.of(503, "NOT_READY", "The board has no tables yet.");
        }
        return sessions.withSession(session -> position(session)
                .chain(position -> read.apply(session).map(body -> {
                    String tag = '"'
                            + UUID.nameUUIDFromBytes(body.text.getBytes(UTF_8)).toString()
                            + '"';
                    boolean isKnown = tag.equals(request.getHeaderString(HttpHeaders.IF_NONE_MATCH));
                    return (isKnown ? Response.notModified() : Response.ok(body.text, body.type))
                            .header(HttpHeaders.ETAG, tag)
                            .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                            .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                            .header(POSITION, position)
                            .header(NEXT, body.next)
                            .build();
                })));
    }

    /** Before anything else is read: what changes meanwhile is told by the stream again. */
    private static Uni<Long> position(Mutiny.Session session) {
        return session.createNativeQuery("select coalesce(max(number), 0) from board.change", Long.class)
                .getSingleResult();
    }

    /** A record as it was published. */
    static JsonNode raw(String state) {
        return JSON.getNodeFactory().rawValueNode(new RawValue(state));
    }

    static JsonNode read(String state) {
        try {
            return JSON.readTree(state);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String lines(ObjectNode page) {
        StringBuilder lines = new StringBuilder();
        page.get("items").forEach(item -> lines.append(write(item)).append('\n'));
        return lines.toString();
    }

    private static String write(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
