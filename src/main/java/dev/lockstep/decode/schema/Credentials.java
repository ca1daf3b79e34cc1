package dev.lockstep.decode.schema;

import java.util.Locale;

/** Finds credentials in URLs: status topics are compacted, so a published secret cannot be removed from them. */
final class Credentials {

    static final String REQUIREMENT =
            "must not carry a user, a password or a token before its host: leave it out, and revoke it if it"
                    + " was real";

    private static final String END_OF_AUTHORITY = "/?#\\";
    /** More levels of encoding than any real URL has. */
    private static final int MAX_DECODINGS = 8;

    private Credentials() {}

    /** User information in HTTP URLs, a password in any other URL; percent-encoded ones too. */
    static boolean foundIn(String url) {
        String text = url;
        for (int round = 0; round < MAX_DECODINGS; round++) {
            if (foundUndecodedIn(text)) {
                return true;
            }
            String decoded = decoded(text);
            if (decoded.length() == text.length()) {
                return false;
            }
            text = decoded;
        }
        return true;
    }

    /**
     * The same for the subpath and qualifiers of a package URL; {@code vcs_url} and {@code repository_url} are themselves
     * URLs.
     */
    static boolean foundInQualifiers(String purl) {
        int fragment = purl.indexOf('#');
        if (fragment >= 0 && foundIn(purl.substring(fragment + 1))) {
            return true;
        }
        String text = fragment < 0 ? purl : purl.substring(0, fragment);
        int qualifiers = text.indexOf('?');
        if (qualifiers < 0) {
            return false;
        }
        for (String qualifier : text.substring(qualifiers + 1).split("&")) {
            if (foundIn(qualifier.substring(qualifier.indexOf('=') + 1))) {
                return true;
            }
        }
        return false;
    }

    /** Looks before the host of the URL, or of any URL embedded in it. */
    private static boolean foundUndecodedIn(String text) {
        int mark = text.indexOf("://");
        if (foundBeforeHost(text, mark)) {
            return true;
        }
        while (mark >= 0) {
            mark = text.indexOf("://", mark + 1);
            if (mark >= 0 && foundBeforeHost(text, mark)) {
                return true;
            }
        }
        return false;
    }

    /** @param mark where the authority is announced, or -1 if a host comes first */
    private static boolean foundBeforeHost(String text, int mark) {
        int from = mark < 0 ? 0 : mark + "://".length();
        int end = from;
        while (end < text.length() && END_OF_AUTHORITY.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        int at = mark < 0 ? text.indexOf('@') : text.lastIndexOf('@', end - 1);
        if (at < from || at >= end) {
            return false;
        }
        String scheme = text.substring(0, Math.max(mark, 0)).toLowerCase(Locale.ROOT);
        return scheme.endsWith("http")
                || scheme.endsWith("https")
                || text.substring(from, at).indexOf(':') >= 0;
    }

    /** Decodes every escape of an ASCII character: no others matter here. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            int code = UriSyntax.isEscape(text, i) ? Integer.parseInt(text, i + 1, i + 3, 16) : -1;
            boolean ascii = code >= 0 && code < 0x80;
            decoded.append(ascii ? (char) code : text.charAt(i));
            i += ascii ? 2 : 0;
        }
        return decoded.toString();
    }
}
