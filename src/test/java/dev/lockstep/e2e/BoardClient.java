package dev.lockstep.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The board's API as used by a third-party program. */
final class BoardClient {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;

    BoardClient(int port) {
        base = "http://localhost:" + port;
    }

    String base() {
        return base;
    }

    HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** A request that no well-behaved client would send. */
    String raw(String path) throws IOException {
        URI address = URI.create(base);
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    /** The body of a response that must be successful. */
    JsonNode read(String path) {
        HttpResponse<String> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return json(answer);
    }

    /**
     * Sends a command in structured mode, and returns its outcome.
     *
     * @param type without prefix and version
     * @param data JSON, in which {@code '} stands for {@code "}
     */
    HttpResponse<String> command(String type, String data, String... headers) {
        String event = "{'specversion':'1.0','id':'%s','source':'/board','type':'dev.lockstep.%s.v1','data':%s}"
                .formatted(UUID.randomUUID(), type, data)
                .replace('\'', '"');
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/api/commands"))
                .header("content-type", "application/cloudevents+json")
                .header("Prefer", "wait=20")
                .POST(HttpRequest.BodyPublishers.ofString(event));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> post(String body, String... headers) {
        return send(HttpRequest.newBuilder(URI.create(base + "/api/commands"))
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Appends what the stream sends to a file, until the process ends. */
    void listen(String position, Path file) throws IOException {
        Files.createFile(file);
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/api/stream?position=" + position))
                .build();
        client.sendAsync(request, HttpResponse.BodyHandlers.ofFile(file));
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
