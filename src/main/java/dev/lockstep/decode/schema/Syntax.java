package dev.lockstep.decode.schema;

import dev.lockstep.domain.Command;
import dev.lockstep.domain.pipeline.Policy;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The forms of text in the contract (section 1). {@link #pattern()} is the published form, fit for a JSON Schema; {@link #matches}
 * is the check itself, hand-written on the hot path.
 *
 * <p>No published pattern repeats a group: {@code java.util.regex} recurses on those, and would overflow a consumer's stack.
 */
public enum Syntax {
    /** What 0.1.0 accepted as a title, a reason and the like. */
    ANY(null, null) {
        @Override
        public boolean matches(String text) {
            return true;
        }
    },
    /** A single-line text that is not blank. */
    TITLE("^(?=[\\s\\S]*\\S)" + Syntax.ONE_LINE, "must not be blank") {
        @Override
        public boolean matches(String text) {
            return LINE.matches(text) && !Texts.isBlank(text);
        }

        @Override
        public String violation(String text) {
            return LINE.matches(text) ? super.violation(text) : LINE.violation(text);
        }
    },
    /** A text of one line: a name, an id, a label. */
    LINE("^" + Syntax.ONE_LINE, "must not contain control characters") {
        @Override
        public boolean matches(String text) {
            return Texts.firstControlCharacter(text) < 0;
        }

        @Override
        public String violation(String text) {
            int control = Texts.firstControlCharacter(text);
            return control < 0 ? null : "must not contain " + Texts.characterName(control);
        }
    },
    /** A text of many lines: tabs and line ends are the only control characters. */
    TEXT(
            "^(?![\\s\\S]*\\u000D(?!\\u000A))[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F"
                    + "\\u202A-\\u202E\\u2066-\\u2069]*$",
            "must not contain control characters other than tabs and line breaks") {
        @Override
        public boolean matches(String text) {
            return LINE.matches(printed(text));
        }

        @Override
        public String violation(String text) {
            return LINE.violation(printed(text));
        }

        /** The text without the allowed control characters. */
        private String printed(String text) {
            return text.replace("\r\n", "").replace("\n", "").replace("\t", "");
        }
    },
    APPLICATION(
            "^[A-Za-z0-9][A-Za-z0-9._@:~-]{0,62}$",
            "must be letters, digits, '.', '_', '-', '@', ':' or '~', beginning with a letter or digit") {
        @Override
        public boolean matches(String text) {
            return text.length() <= Limits.APPLICATION && consistsOf(text, "._-@:~") && isLetterOrDigit(text.charAt(0));
        }
    },
    RELEASE(
            "^(?!(.*/)?\\.{0,2}(/|$))[A-Za-z0-9._+~:!@/-]{1,128}$",
            "must be letters, digits, '.', '_', '-', '+', '~', ':', '!', '@' or '/', and no part between slashes empty,"
                    + " '.' or '..'") {
        private static final Set<String> FORBIDDEN_SEGMENTS = Set.of("", ".", "..");

        @Override
        public boolean matches(String text) {
            return text.length() <= Limits.RELEASE
                    && consistsOf(text, "._-+~:!@/")
                    && Arrays.stream(text.split("/", -1)).noneMatch(FORBIDDEN_SEGMENTS::contains);
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
    /** Like the names of Kubernetes labels. */
    LABEL_NAME(
            "^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$",
            "must be letters, digits, '.', '_', '-' or '/', beginning and ending with a letter or digit") {
        @Override
        public boolean matches(String text) {
            int last = text.length() - 1;
            return last >= 0
                    && last < Limits.LABEL_NAME
                    && isLetterOrDigit(text.charAt(0))
                    && isLetterOrDigit(text.charAt(last))
                    && text.chars().allMatch(c -> isLetterOrDigit((char) c) || "._-/".indexOf(c) >= 0);
        }
    },
    TIER(List.of("development", "testing", "staging", "production")),
    COMPLETION(names(Policy.Completion.values())),
    WHEN_BUSY(names(Policy.WhenBusy.values())),
    ON_FAILURE(names(Policy.OnFailure.values())),
    /** What a deployer reports about a deployment. */
    REPORTED_STATUS(names(Command.ReportedStatus.values())),
    IF_BLOCKED(List.of("wait", "reject")),
    /** A deployment's id, as the worker makes them. */
    DEPLOYMENT("^" + Syntax.UUID + "$", "must be the id of a deployment, a UUID in lower case") {
        private static final Pattern FORM = Pattern.compile(Syntax.UUID);

        @Override
        public boolean matches(String text) {
            return FORM.matcher(text).matches();
        }
    },
    /**
     * A package URL. Stricter than its parsers, as strict as its specification: an {@code @} in a name is written {@code %40}.
     */
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

        @Override
        public String violation(String text) {
            String flaw = super.violation(text);
            return flaw == null && Credentials.foundInQualifiers(text) ? Credentials.REQUIREMENT : flaw;
        }
    },
    /** Where code can be cloned from: a link, or a form that code hosts offer for copying. */
    REPOSITORY(
            "^(?!.*%(?![0-9A-Fa-f]{2}))"
                    + "(([Hh][Tt][Tt][Pp][Ss]?://|([Ss][Ss][Hh]|[Gg][Ii][Tt])://([A-Za-z0-9._~!$&'()*+,;=-]+@)?)"
                    + "([A-Za-z0-9._~!$&'()*+,;=-]+|\\[[A-Za-z0-9._~!$&'()*+,;=:-]+\\])(:[0-9]*)?(?=[/?#]|$)"
                    + "[A-Za-z0-9._~!$&'()*+,;=:%@/-]*"
                    + "(\\?[A-Za-z0-9._~!$&'()*+,;=:%@/?-]*)?(#[A-Za-z0-9._~!$&'()*+,;=:%@/?-]*)?"
                    + "|[A-Za-z0-9._~!$&'()*+,;=-]+@"
                    + "([A-Za-z0-9._~!$&'()*+,;=-]+|\\[[A-Za-z0-9._~!$&'()*+,;=:-]+\\])"
                    + ":(?!//)[A-Za-z0-9._~!$&'()*+,;=:%@/-]+)$",
            "must be an https, http, ssh or git URL, such as https://host/path, or git@host:path") {
        @Override
        public boolean matches(String text) {
            return UriSyntax.isRepository(text);
        }

        @Override
        public String violation(String text) {
            return Credentials.foundIn(text) ? Credentials.REQUIREMENT : super.violation(text);
        }
    },
    /** A URL that a browser can open. */
    WEB_URL(
            "^(?!.*%(?![0-9A-Fa-f]{2}))[Hh][Tt][Tt][Pp][Ss]?://"
                    + "([A-Za-z0-9._~!$&'()*+,;=-]+|\\[[A-Za-z0-9._~!$&'()*+,;=:-]+\\])(:[0-9]*)?(?=[/?#]|$)"
                    + "[A-Za-z0-9._~!$&'()*+,;=:%@/-]*"
                    + "(\\?[A-Za-z0-9._~!$&'()*+,;=:%@/?-]*)?(#[A-Za-z0-9._~!$&'()*+,;=:%@/?-]*)?$",
            "must be an https or http URL, such as https://host/path") {
        @Override
        public boolean matches(String text) {
            return text.regionMatches(true, 0, "http", 0, "http".length()) && UriSyntax.isRepository(text);
        }

        @Override
        public String violation(String text) {
            return Credentials.foundIn(text) ? Credentials.REQUIREMENT : super.violation(text);
        }
    },
    /** RFC 3986: a URI or a relative reference. */
    URI_REFERENCE(
            "^(?!$)(?!.*%(?![0-9A-Fa-f]{2}))([A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))"
                    + "(//([A-Za-z0-9._~!$&'()*+,;=:%-]*@)?"
                    + "([A-Za-z0-9._~!$&'()*+,;=%-]*|\\[[A-Za-z0-9._~!$&'()*+,;=:-]+\\])(:[0-9]*)?(?=[/?#]|$)|(?!//))"
                    + "[A-Za-z0-9._~!$&'()*+,;=:%@/-]*"
                    + "(\\?[A-Za-z0-9._~!$&'()*+,;=:%@/?-]*)?(#[A-Za-z0-9._~!$&'()*+,;=:%@/?-]*)?$",
            "must be a URI reference, such as /ci/shop") {
        @Override
        public boolean matches(String text) {
            return UriSyntax.isUriReference(text);
        }
    },
    /** RFC 3986, with a scheme: what 0.1.0 accepted as a repository. */
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
    },
    /** A timestamp that is published in UTC, where its year has four digits, too. */
    UTC_TIMESTAMP(TIMESTAMP.pattern, TIMESTAMP.requirement) {
        @Override
        public boolean matches(String text) {
            return TIMESTAMP.matches(text) && Times.hasFourDigitYear(Times.instant(text));
        }
    },
    /** ISO 8601, of whole days, hours, minutes and seconds. One of more than 90 days is beyond the pattern. */
    DURATION(
            "^" + Syntax.WHOLE_DURATION + "$",
            "must be an ISO 8601 duration such as PT30M or P1DT12H, of whole days, hours, minutes and seconds from 1"
                    + " second to 90 days") {
        private static final Pattern FORM = Pattern.compile(Syntax.WHOLE_DURATION);

        @Override
        public boolean matches(String text) {
            return FORM.matcher(text).matches() && Times.isInPolicyRange(text);
        }

        @Override
        String expectedKind() {
            return "a string, an ISO 8601 duration such as PT30M";
        }
    };

    private static final String ONE_LINE = "[^\\u0000-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069]*$";

    private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    private static final String WHOLE_DURATION =
            "P(?=[^1-9]*[1-9])([0-9]{1,7}D)?(T(?=[0-9])([0-9]{1,7}H)?([0-9]{1,7}M)?([0-9]{1,7}S)?)?";

    private final String pattern;
    private final String requirement;
    private final List<String> alternatives;

    Syntax(String pattern, String requirement) {
        this.pattern = pattern;
        this.requirement = requirement;
        alternatives = List.of();
    }

    /** One of these words. */
    Syntax(List<String> alternatives) {
        pattern = "^(" + String.join("|", alternatives) + ")$";
        requirement = "must be one of " + String.join(", ", alternatives);
        this.alternatives = alternatives;
    }

    private static List<String> names(Enum<?>[] alternatives) {
        return Arrays.stream(alternatives)
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** @return the only texts that match, or an empty list if there are too many to name them */
    public List<String> alternatives() {
        return alternatives;
    }

    /** The JSON type that is required there. */
    String expectedKind() {
        return "a string";
    }

    /** @return an anchored regular expression in ECMA-262's dialect, or null if anything is allowed */
    public String pattern() {
        return pattern;
    }

    /** @return what a text must be, as a predicate, or null if anything is allowed */
    public String requirement() {
        return requirement;
    }

    /** Whether the text matches the {@link #pattern()}. */
    public boolean matches(String text) {
        return alternatives.contains(text);
    }

    /** @return what is wrong with the text, as a predicate, or null; never repeats it, for it may hold a secret */
    public String violation(String text) {
        return matches(text)
                ? null
                : requirement
                        + Suggestions.suggestValue(text, alternatives).orElseGet(() -> Texts.oddCharacterHint(text));
    }

    /** Whether the text is not empty and consists only of letters, digits and these characters. */
    private static boolean consistsOf(String text, String marks) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && marks.indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
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
