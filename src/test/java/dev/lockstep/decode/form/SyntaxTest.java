package dev.lockstep.decode.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntaxTest {

    private static final Map<Syntax, List<String>> GOOD = Map.of(
            Syntax.APPLICATION, List.of("a", "Shop_1.2-x", "9", "a".repeat(63)),
            Syntax.RELEASE, List.of("1.4.2+7", "v", "a".repeat(128)),
            Syntax.ENVIRONMENT, List.of("a", "a-b", "0", "a".repeat(63), "a--b"),
            Syntax.TIER, List.of("development", "testing", "staging", "production"),
            Syntax.PURL,
                    List.of(
                            "pkg:npm/foo",
                            "pkg:npm/%40angular/core@12.3.1",
                            "pkg:docker/cassandra@sha256:244fd47e07d1004f0aed9c",
                            "pkg:generic/openssl@1.1.10g?download_url=https://openssl.org/a.tar.gz&checksum=sha256:de4d",
                            "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
                            "pkg:maven/org.apache.commons/io@1.3.4?type=jar#x",
                            "pkg:generic/shop@1.4.2%2B7"),
            Syntax.ABSOLUTE_URI,
                    List.of(
                            "https://git.example/a/b.git",
                            "ssh://git@host:22/a.git",
                            "urn:x:y",
                            "file:///srv/a",
                            "http://[::1]:80/a?b=c#d",
                            "https://h/%C3%A9"),
            Syntax.TIMESTAMP,
                    List.of(
                            "2026-01-31T12:00:00Z",
                            "2024-02-29T23:59:59.123456789+23:59",
                            "2026-01-31t12:00:00z",
                            "0000-02-29T00:00:00-00:00"));

    private static final Map<Syntax, List<String>> BAD = Map.of(
            Syntax.APPLICATION, List.of("", ".a", "-a", "a b", "a/b", "a+b", "é", "a".repeat(64), "a\n"),
            Syntax.RELEASE, List.of("", "+1", "1/2", "a".repeat(129), "1\n"),
            Syntax.ENVIRONMENT, List.of("", "-a", "a-", "A", "a.b", "a_b", "a".repeat(64), "a\n"),
            Syntax.TIER, List.of("", "prod", "Staging"),
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
                            "pkg:npm/é"),
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
                            "https://é/"),
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
                            "+2026-01-31T12:00:00Z"));

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

    @Test
    void aDayMustExistInItsMonth() {
        assertThat(Syntax.TIMESTAMP.matches("2026-02-29T00:00:00Z")).isFalse();
        assertThat(Syntax.TIMESTAMP.matches("2026-04-31T00:00:00Z")).isFalse();
        assertThat(Syntax.TIMESTAMP.matches("2024-02-29T00:00:00Z")).isTrue();
    }

    /** Leaves digits alone, so that a date stays one that exists. */
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
