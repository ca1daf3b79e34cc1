package dev.lockstep.board.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients are told that were disconnected. */
class RecentChangesTest {

    private final RecentChanges recent = new RecentChanges();

    @BeforeEach
    void looksUpFromTen() {
        recent.startFrom(10);
    }

    @Test
    void mergesAllChangesSinceThen() {
        recent.add(11, changed("a", "releases"), 5);
        recent.add(12, changed("a", "activity"), 6);
        recent.add(13, changed("b", "environments"), 7);
        assertThat(recent.since(11))
                .isEqualTo(
                        new RecentChanges.Changes(13, Map.of("a", Set.of("activity"), "b", Set.of("environments")), 7));
        assertThat(recent.since(10).applications().get("a")).containsExactly("activity", "releases");
        assertThat(recent.since(13)).isNull();
    }

    @Test
    void reloadsEverythingForAClientWhosePositionIsNotKept() {
        recent.add(11, changed("a", "releases"), 5);
        assertThat(recent.since(9).applications()).isEmpty();
        assertThat(recent.since(12).applications()).isEmpty();
        recent.add(12, changed(), 0);
        assertThat(recent.since(10).applications()).isEmpty();
        assertThat(recent.since(10).position()).isEqualTo(12);
    }

    @Test
    void keepsNoMoreThanSoManyApplicationsHoweverFewTheChanges() {
        String[] many = IntStream.range(0, 1_000).mapToObj(i -> "shop-" + i).toArray(String[]::new);
        for (int number = 11; number < 11 + 100; number++) {
            recent.add(number, all(many), 0);
        }
        int kept = RecentChanges.MAX_APPLICATIONS / many.length;
        assertThat(recent.since(110 - kept).applications()).hasSize(many.length);
        assertThat(recent.since(110 - kept - 1).applications()).isEmpty();
    }

    @Test
    void keepsOneThatIsTooLargeByItself() {
        recent.add(
                11,
                all(IntStream.rangeClosed(0, RecentChanges.MAX_APPLICATIONS)
                        .mapToObj(i -> "shop-" + i)
                        .toArray(String[]::new)),
                0);
        assertThat(recent.since(10).applications()).hasSizeGreaterThan(RecentChanges.MAX_APPLICATIONS);
    }

    /** Whoever begins there must be told about the first change. */
    @Test
    void theLatestPositionIsKnownWithoutAnyRecentChange() {
        recent.startFrom(10);
        assertThat(recent.latestPosition()).isEqualTo(10);
        assertThat(recent.since(10)).isNull();

        recent.add(11, changed("a", "releases"), 5);
        assertThat(recent.since(10).applications()).containsOnlyKeys("a");
    }

    @Test
    void knowsNothingWhenNobodyListensAnyMore() {
        recent.add(11, changed("a", "releases"), 5);
        recent.clear();
        assertThat(recent.latestPosition()).isEqualTo(-1);
        assertThat(recent.since(11)).isNull();
    }

    /** It modifies what it is given, so it gets a mutable map. */
    private static Map<String, Set<String>> changed(String... applicationAndPart) {
        Map<String, Set<String>> changed = new TreeMap<>();
        if (applicationAndPart.length > 0) {
            changed.put(applicationAndPart[0], Set.of(applicationAndPart[1]));
        }
        return changed;
    }

    private static Map<String, Set<String>> all(String... applications) {
        return Arrays.stream(applications)
                .collect(Collectors.toMap(id -> id, id -> Set.of("releases"), (one, other) -> one, TreeMap::new));
    }
}
