package dev.lockstep.decode.form;

import java.time.YearMonth;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The alphabets of the contract (section 1). {@link #pattern()} is the published form, fit for a JSON Schema; {@link #matches}
 * is the check itself, written by hand where the hot path goes.
 *
 * <p>No published pattern repeats a group: {@code java.util.regex} recurses on those, and would overflow a consumer's stack.
 */
public enum Syntax {
    ANY(null, null) {
        @Override
        public boolean matches(String text) {
            return true;
        }
    },
    APPLICATION(
            "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
            "must be letters, digits, '.', '_' or '-', beginning with a letter or digit") {
        @Override
        public boolean matches(String text) {
            return isName(text, Limits.APPLICATION, '-');
        }
    },
    RELEASE(
            "^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$",
            "must be letters, digits, '.', '_', '-' or '+', beginning with a letter or digit") {
        @Override
        public boolean matches(String text) {
            return isName(text, Limits.RELEASE, '+');
        }
    },
    ENVIRONMENT(
            "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
            "must be lower-case letters, digits or '-', beginning and ending with a letter or digit") {
        @Override
        public boolean matches(String text) {
            return isDnsLabel(text);
        }
    },
    TIER("^(development|testing|staging|production)$", "must be one of development, testing, staging, production") {
        private static final Set<String> TIERS = Set.of("development", "testing", "staging", "production");

        @Override
        public boolean matches(String text) {
            return TIERS.contains(text);
        }
    },
    /** A package URL. Stricter than its parsers, as strict as its specification: an {@code @} in a name is written {@code %40}. */
    PURL(
            "^(?!.*%(?![0-9A-Fa-f]{2}))(?!pkg:[^?#]*/([/@?#]|$))"
                    + "pkg:[A-Za-z][A-Za-z0-9.+-]*/[A-Za-z0-9._~!$&'()*+,;=:%/-]+"
                    + "(@[A-Za-z0-9._~!$&'()*+,;=:%-]+)?"
                    + "(\\?[A-Za-z0-9._~!$&'()*+,;=:%/?@-]+)?"
                    + "(#[A-Za-z0-9._~!$&'()*+,;=:%/?@-]+)?$",
            "must be a package URL (pkg:type/name@version), percent-encoded") {
        @Override
        public boolean matches(String text) {
            return UriSyntax.isPurl(text);
        }
    },
    /** RFC 3986, with a scheme. */
    ABSOLUTE_URI(
            "^(?!.*%(?![0-9A-Fa-f]{2}))[A-Za-z][A-Za-z0-9+.-]*:(?!/*$)"
                    + "(//[A-Za-z0-9._~!$&'()*+,;=:%@\\[\\]-]*(?=[/?#]|$))?"
                    + "[A-Za-z0-9._~!$&'()*+,;=:%/?@-]*"
                    + "(#[A-Za-z0-9._~!$&'()*+,;=:%/?@-]*)?$",
            "must be an absolute URI, such as https://host/path") {
        @Override
        public boolean matches(String text) {
            return UriSyntax.isAbsoluteUri(text);
        }
    },
    /** RFC 3339, with up to nine digits of a second's fraction and no leap second. A day must exist in its month. */
    TIMESTAMP(
            "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
                    + "(\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
            "must be an RFC 3339 timestamp, such as 2026-01-31T12:00:00Z") {
        private static final Pattern FORM = Pattern.compile(
                "([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
                        + "(?:\\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])");

        @Override
        public boolean matches(String text) {
            Matcher form = FORM.matcher(text);
            return form.matches()
                    && Integer.parseInt(form.group(3)) <= daysIn(form.group(1), Integer.parseInt(form.group(2)));
        }
    };

    private final String pattern;
    private final String demand;

    Syntax(String pattern, String demand) {
        this.pattern = pattern;
        this.demand = demand;
    }

    /** @return a regular expression in ECMA-262's dialect, anchored, or null where anything goes */
    public String pattern() {
        return pattern;
    }

    /** @return what a text must be, as a predicate, or null where anything goes */
    public String demand() {
        return demand;
    }

    public abstract boolean matches(String text);

    private static boolean isName(String text, int limit, char alsoAllowed) {
        if (text.isEmpty() || text.length() > limit || !isLetterOrDigit(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-' && c != alsoAllowed) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDnsLabel(String text) {
        int last = text.length() - 1;
        if (last < 0 || last >= Limits.ENVIRONMENT || text.charAt(0) == '-' || text.charAt(last) == '-') {
            return false;
        }
        for (int i = 0; i <= last; i++) {
            char c = text.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
                return false;
            }
        }
        return true;
    }

    static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static int daysIn(String year, int month) {
        return YearMonth.of(Integer.parseInt(year), month).lengthOfMonth();
    }
}
