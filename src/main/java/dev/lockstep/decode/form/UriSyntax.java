package dev.lockstep.decode.form;

/** URIs and package URLs by hand: linear, without recursion, whatever comes in. */
final class UriSyntax {

    private static final String PURL_SCHEME = "pkg:";
    private static final String SUB_DELIMS_AND_MARKS = "._~!$&'()*+,;=:-";

    private UriSyntax() {}

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

    /** @return the end of the part that the mark introduces, the same place if it does not stand there, -1 if it is empty */
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

    /** @return the place behind one plain or percent-encoded character, -1 if neither stands there */
    private static int afterCharacter(String text, int at) {
        char c = text.charAt(at);
        if (Syntax.isLetterOrDigit(c) || SUB_DELIMS_AND_MARKS.indexOf(c) >= 0) {
            return at + 1;
        }
        boolean encoded =
                c == '%' && at + 2 < text.length() && isHex(text.charAt(at + 1)) && isHex(text.charAt(at + 2));
        return encoded ? at + 3 : -1;
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
