package dev.lockstep.web;

import dev.lockstep.config.Settings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The start page, the contract and the guides, as files that a browser revalidates each time it needs them: their names stay
 * the same when the worker is updated, so they carry an ETag, and nothing is cached without revalidation.
 */
@ApplicationScoped
class WebPages {

    private static final String FOLDER = "META-INF/resources";
    private static final String START_PAGE = "/index.html";
    private static final String BOARD = "/board/";
    private static final String BOARD_LIBRARY = BOARD + "lib/preact.js";
    private static final String PREACT = "/_static/htm/3.1.1/preact/standalone.module.js";
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    private static final String CONTRACT = "/contract/";
    private static final String ASYNCAPI = CONTRACT + "asyncapi.yaml";

    private static final byte[] EMPTY = {};

    private final Settings settings;
    private final String version;
    private final Map<String, WebPage> pages = new ConcurrentHashMap<>();

    WebPages(Settings settings, @ConfigProperty(name = "quarkus.application.version") String version) {
        this.settings = settings;
        this.version = version;
    }

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=utf-8",
            "css", "text/css;charset=utf-8",
            "js", "text/javascript;charset=utf-8",
            "svg", "image/svg+xml",
            "json", "application/json",
            "yaml", "application/yaml");

    private record WebPage(Buffer content, String type, String tag) {

        static WebPage of(String path, byte[] content) {
            String ending = path.substring(path.lastIndexOf('.') + 1);
            return new WebPage(
                    Buffer.buffer(content),
                    TYPES.getOrDefault(ending, "text/plain;charset=utf-8"),
                    '"' + UUID.nameUUIDFromBytes(content).toString() + '"');
        }
    }

    void routes(@Observes Router router) {
        boolean hasBoard = settings.board().enabled();
        router.route("/").method(HttpMethod.GET).method(HttpMethod.HEAD).blockingHandler(context -> {
            if (hasBoard) {
                sendBoard(context, BOARD + "index.html");
            } else {
                send(context, START_PAGE);
            }
        });
        router.route("/about")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .blockingHandler(context -> send(context, START_PAGE));
        if (hasBoard) {
            router.route(BOARD + "*")
                    .method(HttpMethod.GET)
                    .method(HttpMethod.HEAD)
                    .blockingHandler(context -> {
                        String path = context.normalizedPath();
                        String file = path.equals(BOARD) ? BOARD + "index.html" : path;
                        sendBoard(context, file.equals(BOARD_LIBRARY) ? PREACT : file);
                    });
        }
        router.route("/contract").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(context -> {
            if (context.normalizedPath().endsWith("/")) {
                context.next();
            } else {
                context.redirect(CONTRACT);
            }
        });
        for (String folder : List.of(CONTRACT, "/docs/")) {
            router.route(folder + "*")
                    .method(HttpMethod.GET)
                    .method(HttpMethod.HEAD)
                    .blockingHandler(context -> {
                        String path = context.normalizedPath();
                        send(context, path.endsWith("/") ? path + "index.html" : path);
                    });
        }
        for (String shortcut : List.of("/metrics", "/health", "/health/live", "/health/ready")) {
            router.route(shortcut).handler(context -> context.redirect("/q" + shortcut));
        }
    }

    private void sendBoard(RoutingContext context, String path) {
        context.response()
                .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer");
        send(context, path);
    }

    private void send(RoutingContext context, String path) {
        WebPage page = pages.computeIfAbsent(path, this::read);
        if (page == null) {
            context.next();
            return;
        }
        // Quarkus marks every response but its own as "identity"; without that mark it is compressed for clients
        // that accept it
        context.response().headers().remove(HttpHeaders.CONTENT_ENCODING);
        context.response()
                .putHeader(HttpHeaders.ETAG, page.tag())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaders.CONTENT_TYPE, page.type());
        String known = context.request().getHeader(HttpHeaders.IF_NONE_MATCH);
        if (known != null && (known.equals("*") || known.contains(page.tag()))) {
            context.response().setStatusCode(304).end();
        } else if (context.request().method() == HttpMethod.HEAD) {
            context.response()
                    .putHeader(
                            HttpHeaders.CONTENT_LENGTH,
                            Integer.toString(page.content().length()))
                    .end();
        } else {
            context.response().end(page.content());
        }
    }

    private WebPage read(String path) {
        try (InputStream file = Thread.currentThread().getContextClassLoader().getResourceAsStream(FOLDER + path)) {
            byte[] content = file == null ? EMPTY : file.readAllBytes();
            if (content.length == 0) {
                return null; // a folder, too
            }
            return WebPage.of(
                    path, path.equals(ASYNCAPI) || path.equals(START_PAGE) ? withActualSettings(content) : content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Inserts this worker's version, brokers and topics in place of the defaults. */
    private byte[] withActualSettings(byte[] content) {
        Settings.TopicsConfig topics = settings.topics();
        String text = new String(content, StandardCharsets.UTF_8)
                .replace("{version}", version)
                .replace("\n  version: 1.0.0\n", "\n  version: " + version + "\n")
                .replace("host: localhost:9092", "host: " + settings.kafka().bootstrapServers())
                .replace("The broker of the local run.", "The brokers that this worker is configured with.");
        Map<String, String> names = Map.of(
                "lockstep.commands.v1", topics.commands(),
                "lockstep.results.v1", topics.results(),
                "lockstep.events.v1", topics.events(),
                "lockstep.release-status.v1", topics.releaseStatus(),
                "lockstep.deployment-status.v1", topics.deploymentStatus(),
                "lockstep.application-status.v1", topics.applicationStatus(),
                "lockstep.commands.v1.dlq", topics.deadLetters());
        for (Map.Entry<String, String> name : names.entrySet()) {
            text = text.replace("address: " + name.getKey() + "\n", "address: " + name.getValue() + "\n")
                    .replace("topic: " + name.getKey() + "\n", "topic: " + name.getValue() + "\n");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
