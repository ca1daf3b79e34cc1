package dev.lockstep.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds round trips in the bytes of one connection to Postgres: from the first message, when nothing is outstanding, until the
 * server is ready again as often as it was asked to be. Messages: PostgreSQL, Frontend/Backend Protocol, Message Formats.
 */
final class PostgresExchanges {

    private static final Pattern TABLE = Pattern.compile("\\b(?:from|into|update|join) ([a-z_]+)\\b");
    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;

    private final Consumer<WireTrace.Exchange> sink;
    private final Map<String, String> prepared = new HashMap<>();
    private final List<String> statements = new ArrayList<>();
    private int outstanding;
    private byte[] requests = {};
    private byte[] responses = {};
    private boolean isStarted;
    private boolean awaitsEncryptionAnswer;
    private long begin;

    PostgresExchanges(Consumer<WireTrace.Exchange> sink) {
        this.sink = sink;
    }

    synchronized void onBytes(boolean isRequest, byte[] buffer, int length) {
        long now = System.nanoTime();
        if (isRequest) {
            requests = messages(requests, buffer, length, !isStarted, (type, body) -> onRequest(type, body, now));
        } else if (awaitsEncryptionAnswer) {
            awaitsEncryptionAnswer = false; // one byte without a length: no
        } else {
            responses = messages(responses, buffer, length, false, (type, body) -> onResponse(type, now));
        }
    }

    private void onRequest(char type, ByteBuffer body, long now) {
        if (type == 0) {
            int code = body.getInt();
            awaitsEncryptionAnswer = code == SSL_REQUEST || code == GSS_REQUEST;
            isStarted = !awaitsEncryptionAnswer;
            return;
        }
        if (statements.isEmpty() && outstanding == 0) {
            begin = now;
        }
        switch (type) {
            case 'P' -> {
                String name = text(body);
                prepared.put(name, text(body));
            }
            case 'B' -> {
                text(body); // the portal
                statements.add(prepared.getOrDefault(text(body), "?"));
            }
            case 'Q' -> {
                statements.add(text(body));
                outstanding++;
            }
            case 'S' -> outstanding++;
            default -> {} // describes, executes, closes: nothing that begins or ends a round trip
        }
    }

    private void onResponse(char type, long now) {
        if (type == 'Z' && outstanding > 0 && --outstanding == 0) {
            sink.accept(new WireTrace.Exchange("Postgres", summary(), begin, now));
            statements.clear();
        }
    }

    /** The verbs of the statements with their tables. */
    private String summary() {
        return String.join(
                ", ",
                statements.stream().map(PostgresExchanges::summary).distinct().toList());
    }

    private static String summary(String sql) {
        String text = sql.strip().toLowerCase(Locale.ROOT);
        Matcher table = TABLE.matcher(text);
        String verb = text.split("\\W+", 2)[0];
        return table.find() ? verb + " " + table.group(1) : verb;
    }

    private interface Handler {
        void onMessage(char type, ByteBuffer body);
    }

    /**
     * @param isUntyped whether the first message is one of those at the start of a connection, which have no type
     * @return what is left
     */
    private static byte[] messages(byte[] before, byte[] buffer, int length, boolean isUntyped, Handler handler) {
        byte[] all = Arrays.copyOf(before, before.length + length);
        System.arraycopy(buffer, 0, all, before.length, length);
        int at = 0;
        int typeBytes = isUntyped ? 0 : 1;
        while (all.length >= at + typeBytes + Integer.BYTES) {
            int size = ByteBuffer.wrap(all).getInt(at + typeBytes);
            if (all.length < at + typeBytes + size) {
                break;
            }
            char type = typeBytes == 0 ? 0 : (char) all[at];
            int body = at + typeBytes + Integer.BYTES;
            handler.onMessage(type, ByteBuffer.wrap(all, body, size - Integer.BYTES));
            at += typeBytes + size;
            typeBytes = 1;
        }
        return Arrays.copyOfRange(all, at, all.length);
    }

    private static String text(ByteBuffer body) {
        int start = body.position();
        while (body.get() != 0) {
            continue;
        }
        return new String(body.array(), start, body.position() - start - 1, StandardCharsets.UTF_8);
    }
}
