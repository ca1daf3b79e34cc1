package dev.lockstep.decode.schema;

import java.util.Locale;

/** Hand-written checks of URIs and package URLs: linear and without recursion, whatever the input. */
final class UriSyntax {

    private static final String PURL_SCHEME = "pkg:";
    private static final String NAME = "._~!$&'()*+,;=-";
    private static final String SUB_DELIMS_AND_MARKS = NAME + ":";
    private static final String PATH = SUB_DELIMS_AND_MARKS + "@/";
    private static final String QUERY = PATH + "?";

    private UriSyntax() {}

    /** RFC 3986, except that an IP literal is only checked for allowed characters. */
    static boolean isUriReference(String text) {
        int scheme = afterScheme(text, 0);
        boolean isAbsolute = scheme > 0 && text.startsWith(":", scheme);
        int at = isAbsolute ? scheme + 1 : 0;
        if (text.startsWith("//", at)) {
            return isPathOrEmptyToEnd(text, afterAuthority(text, at + 2));
        }
        boolean colonInFirstSegment = !isAbsolute && text.startsWith(":", endOfRun(text, 0, NAME + "@", true));
        return !text.isEmpty() && !colonInFirstSegment && isPathToEnd(text, at);
    }

    /** What code hosts offer for cloning: a URL without a user but for one of {@code ssh} or {@code git}, or user@host:path. */
    static boolean isRepository(String text) {
        int scheme = afterScheme(text, 0);
        if (scheme < 0 || !text.startsWith("://", scheme)) {
            return isRepositoryShorthand(text);
        }
        int at = scheme + "://".length();
        return switch (text.substring(0, scheme).toLowerCase(Locale.ROOT)) {
            case "https", "http" -> isPathOrEmptyToEnd(text, afterPort(text, afterHost(text, at, false)));
            case "ssh", "git" -> isPathOrEmptyToEnd(text, afterPort(text, afterHost(text, afterUser(text, at), false)));
            default -> false;
        };
    }

    private static boolean isRepositoryShorthand(String text) {
        int host = afterUser(text, 0);
        int colon = host == 0 ? -1 : afterHost(text, host, false);
        int path = colon + 1;
        return colon > 0
                && text.startsWith(":", colon)
                && path < text.length()
                && !text.startsWith("//", path)
                && endOfRun(text, path, PATH, true) == text.length();
    }

    /** @return the position after a user without password and its {@code @}; the same position if there is none */
    private static int afterUser(String text, int from) {
        int at = endOfRun(text, from, NAME, false);
        return at > from && text.startsWith("@", at) ? at + 1 : from;
    }

    private static int afterAuthority(String text, int from) {
        int user = endOfRun(text, from, SUB_DELIMS_AND_MARKS, true);
        return afterPort(text, afterHost(text, text.startsWith("@", user) ? user + 1 : from, true));
    }

    /**
     * @param anyName whether the host may be empty or contain escapes, which network hosts never do; if not, such a one yields
     * -1
     */
    private static int afterHost(String text, int from, boolean anyName) {
        if (text.startsWith("[", from)) {
            int at = endOfRun(text, from + 1, SUB_DELIMS_AND_MARKS, false);
            return at > from + 1 && text.startsWith("]", at) ? at + 1 : -1;
        }
        int at = endOfRun(text, from, NAME, anyName);
        return at > from || anyName ? at : -1;
    }

    private static int afterPort(String text, int host) {
        if (host < 0 || !text.startsWith(":", host)) {
            return host;
        }
        int at = host + 1;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** Checks what follows an authority: a path that is empty or begins with a slash. */
    private static boolean isPathOrEmptyToEnd(String text, int at) {
        return at >= 0 && (at == text.length() || "/?#".indexOf(text.charAt(at)) >= 0) && isPathToEnd(text, at);
    }

    private static boolean isPathToEnd(String text, int from) {
        int at = endOfRun(text, from, PATH, true);
        at = text.startsWith("?", at) ? endOfRun(text, at + 1, QUERY, true) : at;
        at = text.startsWith("#", at) ? endOfRun(text, at + 1, QUERY, true) : at;
        return at == text.length();
    }

    /** @return the end of the run of letters, digits, these marks and perhaps escapes */
    private static int endOfRun(String text, int from, String marks, boolean escapes) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Syntax.isLetterOrDigit(c) || marks.indexOf(c) >= 0) {
                at++;
            } else if (escapes && isEscape(text, at)) {
                at += 3;
            } else {
                break;
            }
        }
        return at;
    }

    /** What 0.1.0 accepted as a repository. */
    static boolean isAbsoluteUri(String text) {
        int colon = afterScheme(text, 0);
        if (colon < 0 || colon == text.length() || text.charAt(colon) != ':') {
            return false;
        }
        int at = colon + 1;
        if (isOnlySlashes(text, at)) {
            return false;
        }
        boolean inAuthority = text.startsWith("//", at);
        boolean inFragment = false;
        for (int i = inAuthority ? at + 2 : at; i < text.length(); ) {
            char c = text.charAt(i);
            if (c == '/' || c == '?') {
                inAuthority = false;
                i++;
            } else if (c == '#' && !inFragment) {
                inAuthority = false;
                inFragment = true;
                i++;
            } else if (c == '@' || (inAuthority && (c == '[' || c == ']'))) {
                i++;
            } else {
                int next = afterCharacter(text, i);
                if (next < 0) {
                    return false;
                }
                i = next;
            }
        }
        return true;
    }

    static boolean isPurl(String text) {
        int at = text.startsWith(PURL_SCHEME) ? afterScheme(text, PURL_SCHEME.length()) : -1;
        if (at < 0 || at == text.length() || text.charAt(at) != '/') {
            return false;
        }
        while (at >= 0 && at < text.length() && text.charAt(at) == '/') {
            at = afterRun(text, at + 1, "");
        }
        at = afterPart(text, at, '@', "");
        at = afterPart(text, at, '?', "/?@");
        at = afterPart(text, at, '#', "/?@");
        return at == text.length();
    }

    /** @return the end of the part that the mark introduces; the same position without the mark; -1 if the part is empty */
    private static int afterPart(String text, int at, char mark, String alsoAllowed) {
        boolean introduced = at >= 0 && at < text.length() && text.charAt(at) == mark;
        return introduced ? afterRun(text, at + 1, alsoAllowed) : at;
    }

    /** @return the end of the longest run of allowed characters, -1 if there is none */
    private static int afterRun(String text, int from, String alsoAllowed) {
        int at = from;
        while (at < text.length()) {
            int next = alsoAllowed.indexOf(text.charAt(at)) >= 0 ? at + 1 : afterCharacter(text, at);
            if (next < 0) {
                break;
            }
            at = next;
        }
        return at == from ? -1 : at;
    }

    private static int afterScheme(String text, int from) {
        if (from >= text.length() || !isLetter(text.charAt(from))) {
            return -1;
        }
        int at = from + 1;
        while (at < text.length() && (Syntax.isLetterOrDigit(text.charAt(at)) || "+.-".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        return at;
    }

    /** @return the position after one plain or percent-encoded character; -1 if neither is there */
    private static int afterCharacter(String text, int at) {
        char c = text.charAt(at);
        if (Syntax.isLetterOrDigit(c) || SUB_DELIMS_AND_MARKS.indexOf(c) >= 0) {
            return at + 1;
        }
        return isEscape(text, at) ? at + 3 : -1;
    }

    static boolean isEscape(String text, int at) {
        return text.charAt(at) == '%'
                && at + 2 < text.length()
                && isHex(text.charAt(at + 1))
                && isHex(text.charAt(at + 2));
    }

    private static boolean isOnlySlashes(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) != '/') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
