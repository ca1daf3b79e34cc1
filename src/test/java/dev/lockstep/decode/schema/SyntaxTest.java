package dev.lockstep.decode.schema;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxTest {

    private static final Map<Syntax, List<String>> GOOD = Map.ofEntries(
            entry(Syntax.TITLE, List.of("a", "Größer 🚀", "a  b", " x ", "-")),
            entry(Syntax.LINE, List.of("", " ", "urn:user:17", "refs/heads/main", "Ada <ada@example.org>")),
            entry(Syntax.TEXT, List.of("", " ", "a\nb", "a\r\n\tb\n", "1) x\n2) y", "\r\n\r\n")),
            entry(Syntax.APPLICATION, List.of("a", "Shop_1.2-x", "9", "a".repeat(63), "com.acme:shop", "a@b~c")),
            entry(
                    Syntax.RELEASE,
                    List.of(
                            "1.4.2+7",
                            "v",
                            "a".repeat(128),
                            "api/v1.2.3",
                            "@scope/pkg@1.2.3",
                            "sha256:244fd47e07d1004f0aed9c",
                            "1:2.38.1-5+deb12u3",
                            "156.0-1~deb12u1",
                            "1!3.0.1",
                            "_nightly",
                            ".11",
                            "a/.b/c",
                            "...",
                            "+1",
                            "-1")),
            entry(Syntax.LABEL_NAME, List.of("a", "Team", "7", "example.org/cost-centre", "a__b", "a".repeat(63))),
            entry(
                    Syntax.WEB_URL,
                    List.of("https://h", "http://h:1/a?b=c#d", "HTTPS://wiki.example/shop", "https://[::1]/")),
            entry(Syntax.ENVIRONMENT, List.of("a", "a-b", "0", "a".repeat(63), "a--b")),
            entry(Syntax.TIER, List.of("development", "testing", "staging", "production")),
            entry(Syntax.COMPLETION, List.of("immediate", "reported")),
            entry(Syntax.WHEN_BUSY, List.of("supersede", "queue", "reject")),
            entry(Syntax.ON_FAILURE, List.of("none", "restore")),
            entry(Syntax.REPORTED_STATUS, List.of("in_progress", "succeeded", "failed", "errored", "cancelled")),
            entry(Syntax.IF_BLOCKED, List.of("wait", "reject")),
            entry(
                    Syntax.DEPLOYMENT,
                    List.of("f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff", "00000000-0000-0000-0000-000000000000")),
            entry(Syntax.UTC_TIMESTAMP, List.of("2026-01-31T12:00:00Z", "2024-02-29t23:59:59.123456789+23:59")),
            entry(
                    Syntax.DURATION,
                    List.of("PT1S", "PT30M", "P1D", "P90D", "P1DT12H", "P2DT3H4M5S", "PT1M30S", "PT05M", "P0DT1H")),
            entry(
                    Syntax.PURL,
                    List.of(
                            "pkg:npm/foo",
                            "pkg:npm/%40angular/core@12.3.1",
                            "pkg:docker/cassandra@sha256:244fd47e07d1004f0aed9c",
                            "pkg:generic/openssl@1.1.10g?download_url=https://openssl.org/a.tar.gz&checksum=sha256:de4d",
                            "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
                            "pkg:maven/org.apache.commons/io@1.3.4?type=jar#x",
                            "pkg:generic/shop@1.4.2%2B7")),
            entry(
                    Syntax.REPOSITORY,
                    List.of(
                            "https://git.example/a/b.git",
                            "HTTP://git.example:8080",
                            "https://h/%C3%A9?p=a.git&h=b#c",
                            "https://h/@scope/a@b",
                            "ssh://git@host:22/a.git",
                            "ssh://host/a.git",
                            "git://host/a.git",
                            "http://[::1]:80/a?b=c#d",
                            "git@github.com:octo/shop.git",
                            "git@host:22/a@b",
                            "org-7@github.com:octo/shop.git",
                            "git@[::1]:~octo/a")),
            entry(
                    Syntax.URI_REFERENCE,
                    List.of(
                            "/ci/shop",
                            "s",
                            "a/b:c",
                            "../x",
                            "//host/x",
                            "?q",
                            "#f",
                            "urn:example:bot",
                            "https://ci.example/shop?a=b#c",
                            "https://user@host:80/",
                            "http://[2001:db8::7]/c=GB?a?b",
                            "mailto:ci@example.org",
                            "file:///srv",
                            "x:",
                            "https://",
                            "%C3%A9",
                            "@scope/pkg")),
            entry(
                    Syntax.ABSOLUTE_URI,
                    List.of(
                            "https://git.example/a/b.git",
                            "ssh://git@host:22/a.git",
                            "urn:x:y",
                            "file:///srv/a",
                            "http://[::1]:80/a?b=c#d",
                            "https://h/%C3%A9")),
            entry(
                    Syntax.TIMESTAMP,
                    List.of(
                            "2026-01-31T12:00:00Z",
                            "2024-02-29T23:59:59.123456789+23:59",
                            "2026-01-31t12:00:00z",
                            "0000-02-29T00:00:00-00:00")));

    private static final Map<Syntax, List<String>> BAD = Map.ofEntries(
            entry(Syntax.TITLE, List.of("", " ", "\t", "\n", "a\u0007", "a\u202Eb", "\u2066a", "a\nb", "a\u009F")),
            entry(Syntax.LINE, List.of("\u0000", "a\u0007", "\u007F", "a\u202A", "a\u2069", "a\tb", "a\n", "\u0080")),
            entry(Syntax.TEXT, List.of("\u0000", "a\u0007", "a\u202E", "\u2067", "a\rb", "\r\r\n", "\u000B", "\u0085")),
            entry(Syntax.APPLICATION, List.of("", ".a", "-a", "@a", "a b", "a/b", "a+b", "é", "a".repeat(64), "a\n")),
            entry(
                    Syntax.RELEASE,
                    List.of(
                            "",
                            "/",
                            "/1",
                            "1/",
                            "1//2",
                            ".",
                            "..",
                            "./a",
                            "a/..",
                            "a/./b",
                            "../..",
                            "a".repeat(129),
                            "1\n",
                            "1 ",
                            "1#2",
                            "1,2",
                            "é",
                            "1%2")),
            entry(Syntax.LABEL_NAME, List.of("", "/a", "a/", "-a", "a b", "a:b", "é", "a".repeat(64), "a\n")),
            entry(
                    Syntax.WEB_URL,
                    List.of(
                            "",
                            "h/a",
                            "ssh://git@h/a",
                            "git@h:a",
                            "ftp://h",
                            "https://u@h/",
                            "https://u:p@h/",
                            "javascript:alert(1)",
                            "https:///a",
                            "https://h/a b")),
            entry(Syntax.ENVIRONMENT, List.of("", "-a", "a-", "A", "a.b", "a_b", "a".repeat(64), "a\n")),
            entry(Syntax.TIER, List.of("", "prod", "Staging")),
            entry(Syntax.COMPLETION, List.of("", "Reported", "report", "reported\n")),
            entry(Syntax.WHEN_BUSY, List.of("", "QUEUE", "supersede|queue")),
            entry(Syntax.ON_FAILURE, List.of("", "rollback")),
            entry(Syntax.REPORTED_STATUS, List.of("", "in progress", "success", "pending")),
            entry(Syntax.IF_BLOCKED, List.of("", "Wait", "waits")),
            entry(
                    Syntax.DEPLOYMENT,
                    List.of(
                            "",
                            "F8A781C0-6B60-3F02-A2BB-A5EA0B8E2BFF",
                            "f8a781c06b603f02a2bba5ea0b8e2bff",
                            "f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff\n",
                            "{f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff}",
                            "urn:uuid:f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff")),
            entry(Syntax.UTC_TIMESTAMP, List.of("", "2026-01-31", "2026-01-31T12:00:00", "2026-13-01T00:00:00Z")),
            entry(
                    Syntax.DURATION,
                    List.of(
                            "",
                            "P",
                            "PT",
                            "P1DT",
                            "P0D",
                            "PT0S",
                            "P0DT0H0M0S",
                            "P1W",
                            "P1M",
                            "P1Y",
                            "PT0.5S",
                            "PT1,5S",
                            "-PT1S",
                            "PT-1S",
                            "+PT1S",
                            "pt30m",
                            "PT30m",
                            "PT30M ",
                            "PT30M\n",
                            "30m",
                            "1h",
                            "90",
                            "PT30",
                            "PT1S1M",
                            "P1H",
                            "PT12345678S")),
            entry(
                    Syntax.PURL,
                    List.of(
                            "",
                            "pkg:",
                            "pkg:npm",
                            "pkg:npm/",
                            "pkg:/npm/foo",
                            "pkg://npm/foo",
                            "npm/foo",
                            "PKG:npm/foo",
                            "pkg:npm/foo@",
                            "pkg:npm/foo?",
                            "pkg:npm/foo#",
                            "pkg:npm//foo",
                            "pkg:npm/foo/",
                            "pkg:npm/@angular/core",
                            "pkg:npm/a b",
                            "pkg:npm/a%zz",
                            "pkg:npm/a%2",
                            "pkg:1npm/a",
                            "pkg:npm/é")),
            entry(
                    Syntax.REPOSITORY,
                    List.of(
                            "",
                            "https://",
                            "https:///a",
                            "javascript:alert(1)",
                            "file:///srv/a",
                            "urn:x:y",
                            "svn://h/a",
                            "git+https://h/a",
                            "https://token@h/a",
                            "https://user:secret@h/a",
                            "https://user%3Asecret%40h/a",
                            "ssh://git:secret@h/a",
                            "ssh://git%3Asecret@h/a",
                            "git://u:p@h/a",
                            "user:secret@h:a",
                            "host:a/b.git",
                            "@h:a",
                            "git@h:",
                            "git@h://a",
                            "git@h",
                            "https://h:x/",
                            "https://h/a b",
                            "https://h/%zz",
                            "https://h/\n",
                            "https://é/")),
            entry(
                    Syntax.URI_REFERENCE,
                    List.of(
                            "",
                            "not a uri",
                            "%zz",
                            "%",
                            "<script>",
                            "a b",
                            "a\tb",
                            "\"/ci/shop\"",
                            "/ci\n",
                            "1a:b",
                            ":a",
                            "a[b]",
                            "/é",
                            "a#b#c",
                            "http://h:8x/",
                            "//a@b@c",
                            "http://[::1/",
                            "\\",
                            "{x}",
                            "a|b",
                            "^",
                            "`")),
            entry(
                    Syntax.ABSOLUTE_URI,
                    List.of(
                            "",
                            "/a/b",
                            "host/a",
                            "git@host:a/b.git",
                            "https:",
                            "https://",
                            "://h",
                            "1a:b",
                            "https://h/a b",
                            "https://h/\\",
                            "https://h/[x]",
                            "https://h/%",
                            "https://h/%g0",
                            "https://h/#a#b",
                            "https://é/")),
            entry(
                    Syntax.TIMESTAMP,
                    List.of(
                            "",
                            "2026-01-31",
                            "2026-01-31T12:00:00",
                            "2026-01-31 12:00:00Z",
                            "2026-13-01T00:00:00Z",
                            "2026-01-31T24:00:00Z",
                            "2026-01-31T12:60:00Z",
                            "2026-01-31T12:00:60Z",
                            "2026-01-31T12:00:00.Z",
                            "2026-01-31T12:00:00+2400",
                            "+2026-01-31T12:00:00Z")));

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ANY")
    void goodOnesMatchAndBadOnesDoNot(Syntax syntax) {
        assertThat(GOOD.get(syntax)).allMatch(syntax::matches);
        assertThat(BAD.get(syntax)).noneMatch(syntax::matches);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ANY")
    void thePublishedPatternSaysTheSameAsTheCheck(Syntax syntax) {
        Pattern pattern = Pattern.compile(syntax.pattern().replace("$)", "\\z)").replaceAll("\\$$", "\\\\z"));
        assertThat(GOOD.get(syntax)).allMatch(text -> pattern.matcher(text).find());
        assertThat(BAD.get(syntax)).noneMatch(text -> pattern.matcher(text).find());
        Random random = new Random(7);
        List<String> good = GOOD.get(syntax);
        for (int i = 0; i < 5_000; i++) {
            String text = mutated(good.get(random.nextInt(good.size())), random);
            assertThat(syntax.matches(text))
                    .as(text)
                    .isEqualTo(pattern.matcher(text).find());
        }
    }

    /** Nothing visible: white space and default-ignorable characters. The published pattern knows only white space. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "\u00A0",
                "\u2003\u3000",
                "\u1680",
                "\u2028",
                "\u00AD",
                "\u034F",
                "\u061C",
                "\u115F",
                "\u17B4",
                "\u180E",
                "\u200B\u200D",
                "\u2060",
                "\u3164",
                "\uFE0F",
                "\uFEFF",
                "\uFFA0",
                "\uFFF0",
                "\uD82F\uDCA0",
                "\uD834\uDD73",
                "\uDB40\uDC20",
                "\uDB40\uDDEF"
            })
    void aTitleMustShowSomething(String blank) {
        assertThat(Syntax.TITLE.matches(blank)).isFalse();
        assertThat(Syntax.TITLE.violation(blank)).startsWith("must not be blank");
        assertThat(Syntax.TITLE.matches(blank + "x")).isTrue();
        assertThat(Syntax.TITLE.matches("א" + blank)).isTrue();
        assertThat(Syntax.LINE.matches(blank)).isTrue();
    }

    @Test
    void aSecretIsFoundInAFragmentToo() {
        assertThat(Syntax.REPOSITORY.violation("https://h/#https://SECRET@g")).isEqualTo(Credentials.REQUIREMENT);
        assertThat(Syntax.PURL.violation("pkg:generic/a@1?x=y#https://u:SECRET@h/x"))
                .isEqualTo(Credentials.REQUIREMENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://gitlab-ci-token:SECRET@gitlab.example.com/octo/shop.git",
                "https://SECRET@gitlab.example.com/octo/shop.git",
                "http://:SECRET@h/",
                "https://user%3ASECRET%40h/a",
                "https://user%253ASECRET%2540h/a",
                "ssh://git:SECRET@h/a",
                "ssh://git%3ASECRET@h/a",
                "git://git:SECRET@h/a",
                "user:SECRET@h:octo/shop.git",
                "https://h/https://user:SECRET@g/x",
                "https://h/?u=https://user%3ASECRET@g/x"
            })
    void aSecretIsFoundWhereverAUrlStandsAndIsNotRepeated(String url) {
        assertThat(Syntax.REPOSITORY.violation(url))
                .isEqualTo(Credentials.REQUIREMENT)
                .doesNotContain("SECRET");
        for (String name : List.of("vcs_url", "repository_url", "download_url")) {
            String encoded = URLEncoder.encode(url, StandardCharsets.UTF_8);
            for (String value :
                    List.of(url, encoded, "git%2B" + encoded, URLEncoder.encode(encoded, StandardCharsets.UTF_8))) {
                String purl = "pkg:generic/shop@1?arch=x&" + name + "=" + value + "#sub";
                assertThat(Syntax.PURL.matches(purl)).as(purl).isTrue();
                assertThat(Syntax.PURL.violation(purl)).as(purl).isEqualTo(Credentials.REQUIREMENT);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pkg:generic/shop@1?vcs_url=git%2Bhttps://git.example/shop.git%401a2b",
                "pkg:generic/shop@1?vcs_url=git%2Bssh://git%40git.example/shop.git",
                "pkg:generic/shop@1?vcs_url=git%40git.example:octo/shop.git",
                "pkg:docker/shop@sha256%3A1a?repository_url=localhost:5000/octo",
                "pkg:npm/%40scope/shop@1?checksum=sha256:1a",
                "pkg:generic/shop@1#a@b"
            })
    void aPurlWithoutASecretIsFine(String purl) {
        assertThat(Syntax.PURL.violation(purl)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.01\\n | ; it has U+000A LINE FEED (LF) at its end",
                "1.0.0\\u0020 | ; it has U+0020 SPACE at its end",
                "\\uFEFF1 | ; it has U+FEFF ZERO WIDTH NO-BREAK SPACE at its beginning",
                "1.0\\u200B.0 | ; it has U+200B ZERO WIDTH SPACE as character 4",
                "r\\u0435lease | ; it has U+0435 CYRILLIC SMALL LETTER IE as character 2",
                "\\u00221\\u0022 | ; the quotes are part of the value: send it without them",
                "1#2 | ''"
            })
    void whatCannotBeSeenIsNamed(String release, String end) {
        assertThat(Syntax.RELEASE.violation(unescaped(release))).isEqualTo(Syntax.RELEASE.requirement() + end);
    }

    private static String unescaped(String text) {
        return Pattern.compile("\\\\u([0-9A-F]{4})")
                .matcher(text.strip().replace("\\n", "\n"))
                .replaceAll(code -> Character.toString(Integer.parseInt(code.group(1), 16)));
    }

    @Test
    void aDayMustExistInItsMonth() {
        assertThat(Syntax.TIMESTAMP.matches("2026-02-29T00:00:00Z")).isFalse();
        assertThat(Syntax.TIMESTAMP.matches("2026-04-31T00:00:00Z")).isFalse();
        assertThat(Syntax.TIMESTAMP.matches("2024-02-29T00:00:00Z")).isTrue();
    }

    @Test
    void aDurationIsOfOneSecondToNinetyDays() {
        assertThat(Syntax.DURATION.matches("P90D")).isTrue();
        assertThat(Syntax.DURATION.matches("PT7776000S")).isTrue();
        assertThat(Syntax.DURATION.matches("PT7776001S")).isFalse();
        assertThat(Syntax.DURATION.matches("P90DT1S")).isFalse();
        assertThat(Syntax.DURATION.matches("P9999999DT9999999H9999999M9999999S"))
                .isFalse();
        assertThat(Syntax.DURATION.violation("P91D")).endsWith("from 1 second to 90 days");
    }

    @Test
    void aMomentHasAYearOfFourDigitsInUtcToo() {
        assertThat(Syntax.UTC_TIMESTAMP.matches("0000-01-01T00:00:00Z")).isTrue();
        assertThat(Syntax.UTC_TIMESTAMP.matches("0000-01-01T00:00:00+00:01")).isFalse();
        assertThat(Syntax.UTC_TIMESTAMP.matches("9999-12-31T23:59:59.999999999Z"))
                .isTrue();
        assertThat(Syntax.UTC_TIMESTAMP.matches("9999-12-31T23:59:59-00:01")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "REPORTED_STATUS, success, succeeded",
        "REPORTED_STATUS, done, succeeded",
        "REPORTED_STATUS, Succeeded, succeeded",
        "REPORTED_STATUS, failure, failed",
        "REPORTED_STATUS, canceled, cancelled",
        "REPORTED_STATUS, error, errored",
        "REPORTED_STATUS, in-progress, in_progress",
        "REPORTED_STATUS, RUNNING, in_progress",
        "COMPLETION, report, reported",
        "WHEN_BUSY, queued, queue",
        "WHEN_BUSY, refuse, reject",
        "ON_FAILURE, rollback, restore",
        "IF_BLOCKED, queue, wait",
        "TIER, prod, production"
    })
    void theRightWordIsNamed(Syntax syntax, String given, String meant) {
        assertThat(syntax.violation(given)).isEqualTo(syntax.requirement() + "; did you mean \"" + meant + "\"?");
    }

    /** Leaves digits alone, so that a date remains valid. */
    private static String mutated(String text, Random random) {
        String alphabet = "aZ.-_+:/@?#%[] \n$é&=~";
        StringBuilder mutated = new StringBuilder(text);
        for (int change = random.nextInt(3); change >= 0; change--) {
            int at = random.nextInt(mutated.length() + 1);
            if (random.nextBoolean() && at < mutated.length() && !Character.isDigit(mutated.charAt(at))) {
                mutated.deleteCharAt(at);
            } else {
                mutated.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
            }
        }
        return mutated.toString();
    }
}
