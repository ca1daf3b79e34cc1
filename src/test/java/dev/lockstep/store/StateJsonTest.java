package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.domain.Annotations;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Deployment;
import dev.lockstep.domain.Environment;
import dev.lockstep.domain.LastChange;
import dev.lockstep.domain.Lock;
import dev.lockstep.domain.Pipeline;
import dev.lockstep.domain.Placement;
import dev.lockstep.domain.Policy;
import dev.lockstep.domain.Profile;
import dev.lockstep.domain.Release;
import dev.lockstep.domain.Source;
import dev.lockstep.domain.Stage;
import dev.lockstep.domain.SuccessLine;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateJsonTest {

    private static final Source SOURCE = new Source("https://git/r", "c0ffee", "refs/tags/1", "2026-01-01T00:00:00Z");

    private static final String IN_STAGING = """
            "current":{"release":"1.0","deployment":"d","since":1700000003123,"actor":"ann"},"former":[{"release":"1.1",\
            "deployment":"c","since":1700000002123}],"lastDeployment":{"id":"d","release":"1.0","environment":"staging",\
            "status":"SUCCEEDED","action":"ROLLBACK","previousRelease":"1.1","linkedFrom":"development","actor":"ann",\
            "reason":"why","source":{"repoUrl":"https://git/r","commitSha":"c0ffee","ref":"refs/tags/1","committedAt":\
            "2026-01-01T00:00:00Z"},"createdAt":1700000001123,"startedAt":1700000002123,"finishedAt":1700000003123},\
            "length":2,"end":"1.0","beforeEnd":"0.9","mark":{"revision":4,"at":1700000003123}""";

    @Test
    void everyMemberOfAReleaseComesBack() {
        Map<String, Placement> placements = new LinkedHashMap<>();
        placements.put("staging", new Placement(false, at(1), at(2), at(7), "d1", "development", 7));
        placements.put("production", new Placement(true, at(3), at(4), at(3), "d3", null, 1));
        Map<String, Lock> locks = new LinkedHashMap<>();
        locks.put("staging", new Lock("d0", at(2)));
        locks.put("production", new Lock("d2", at(4)));
        Release release = new Release(
                "1.0",
                "title \"ü\" \\ \u0001 😀",
                "text",
                "pkg:generic/a@1",
                SOURCE,
                "chain",
                new Annotations("noted", Map.of("team", "a")),
                at(5),
                "ann",
                Long.MAX_VALUE,
                locks,
                placements,
                true,
                new LastChange(9, at(6)));

        Release again = StateJson.release("1.0", StateJson.of(release));

        assertThat(again).isEqualTo(release);
        assertThat(again.placements().keySet()).containsExactly("staging", "production");
    }

    /** Rather than to lose a lock. */
    @Test
    void aLockThatTheFormatCannotExpressIsNotWritten() {
        Placement success = new Placement(true, at(1), at(1), at(1), "d", null, 1);
        for (Map<String, Lock> locks : List.of(
                Map.<String, Lock>of(),
                Map.of("staging", new Lock("d", at(1)), "production", new Lock("e", at(2))),
                Map.of("staging", new Lock("d", at(0))))) {
            Release release = new Release(
                    "1.0",
                    "t",
                    null,
                    null,
                    null,
                    null,
                    Annotations.NONE,
                    at(0),
                    null,
                    1,
                    locks,
                    Map.of("staging", success),
                    false,
                    null);
            assertThatThrownBy(() -> StateJson.of(release)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatIsNullStaysNull() {
        Release release = new Release(
                "1.0", "t", null, null, null, null, Annotations.NONE, at(1), null, 1, Map.of(), Map.of(), false, null);

        assertThat(StateJson.release("1.0", StateJson.of(release))).isEqualTo(release);
    }

    @Test
    void everyMemberOfAnApplicationComesBack() {
        Deployment.Ended deployment = deployment();
        Environment.Occupant current = new Environment.Occupant("1.0", "d", at(3), "ann");
        Environment.Occupant former = new Environment.Occupant("1.1", "c", at(2), null);
        SuccessLine line = new SuccessLine(2);
        line.know(2, "1.0", false);
        line.know(1, "0.9", false);
        List<Environment> environments = List.of(
                new Environment("staging", current, List.of(former), deployment, line, new LastChange(4, at(3))),
                new Environment("production"));
        List<Stage> pipeline = List.of(new Stage("production", null), new Stage("staging", "staging"));

        Application again =
                StateJson.application("a", 4, 3, StateJson.of(application("a", 4, 3, pipeline, environments, 0)));

        assertThat(again.id()).isEqualTo("a");
        assertThat(again.revision()).isEqualTo(4);
        assertThat(again.releaseCount()).isEqualTo(3);
        assertThat(again.pipeline().stages()).isEqualTo(pipeline);
        assertThat(again.environments()).hasSize(2);
        Environment staging = again.environment("staging");
        assertThat(staging.current()).isEqualTo(current);
        assertThat(staging.former()).containsExactly(former);
        assertThat(staging.lastDeployment()).isEqualTo(deployment);
        assertThat(staging.mark()).isEqualTo(new LastChange(4, at(3)));
        assertThat(staging.line().length()).isEqualTo(2);
        assertThat(staging.line().at(2)).isEqualTo("1.0");
        assertThat(staging.rollbackTo()).isEqualTo("0.9");
        Environment production = again.environment("production");
        assertThat(production.current()).isNull();
        assertThat(production.lastDeployment()).isNull();
        assertThat(production.line().length()).isZero();
    }

    @Test
    void everyMemberOfADroppedEnvironmentComesBack() {
        Environment.Occupant former = new Environment.Occupant("1.1", "c", at(2), null);
        SuccessLine line = new SuccessLine(1);
        line.know(1, "1.1", false);

        Environment again = StateJson.environment(
                "qa",
                StateJson.of(
                        new Environment("qa", null, List.of(former), deployment(), line, new LastChange(4, at(3)))));

        assertThat(again.id()).isEqualTo("qa");
        assertThat(again.former()).containsExactly(former);
        assertThat(again.lastDeployment()).isEqualTo(deployment());
        assertThat(again.line().at(1)).isEqualTo("1.1");
        assertThat(again.mark()).isEqualTo(new LastChange(4, at(3)));
    }

    @Test
    void anApplicationOnlyCountsWhatWasDropped() {
        List<Stage> pipeline = List.of(new Stage("development", null));
        Application application = application(
                "a", 9, 0, pipeline, List.of(new Environment("development"), emptied("qa"), new Environment("new")), 2);

        String state = StateJson.of(application);
        Application again = StateJson.application("a", 9, 0, state);

        assertThat(state).doesNotContain("qa").doesNotContain("new");
        assertThat(ApplicationRow.format(application)).isEqualTo(3);
        assertThat(again.droppedCount()).isEqualTo(3);
        again.load(emptied("qa"));
        assertThat(again.droppedCount()).isEqualTo(3);
        assertThat(again.environment("qa").hasHistory()).isTrue();
    }

    @Test
    void whereNothingIsMissingAnOlderVersionCanReadIt() {
        Application application = application("a", 1, 0, List.of(new Stage("qa", null)), List.of(emptied("qa")), 0);

        assertThat(ApplicationRow.format(application)).isEqualTo(1);
        assertThat(StateJson.of(application)).doesNotContain("dropped");
    }

    private static Environment emptied(String id) {
        return new Environment(id, null, List.of(), deployment(), new SuccessLine(), null);
    }

    @Test
    void membersOfALaterVersionAreSkipped() {
        Release release = StateJson.release("1.0", """
                {"later":{"a":[1,{"b":null}]},"title":"t","createdAt":1,"createdRevision":2,"placements":[],"new":[1]}""");

        assertThat(release.title()).isEqualTo("t");
        assertThat(release.createdRevision()).isEqualTo(2);
    }

    /** Whatever the types are called by now: older versions read these names. */
    @Test
    void rowsAreWrittenAsTheyAlwaysWere() {
        SuccessLine line = new SuccessLine(2);
        line.know(2, "1.0", false);
        line.know(1, "0.9", false);
        Environment staging = new Environment(
                "staging",
                new Environment.Occupant("1.0", "d", at(3), "ann"),
                List.of(new Environment.Occupant("1.1", "c", at(2), null)),
                deployment(),
                line,
                new LastChange(4, at(3)));
        Release release = new Release(
                "1.0",
                "One",
                null,
                null,
                SOURCE,
                null,
                Annotations.NONE,
                at(1),
                null,
                2,
                Map.of("staging", new Lock("d0", at(2))),
                Map.of("staging", new Placement(true, at(3), at(2), at(3), "d", "development", 2)),
                false,
                new LastChange(4, at(3)));

        assertThat(StateJson.of(application("a", 4, 1, List.of(new Stage("staging", "staging")), List.of(staging), 0)))
                .isEqualTo(
                        "{\"pipeline\":[{\"id\":\"staging\",\"tier\":\"staging\"}],\"environments\":[{\"id\":\"staging\","
                                + IN_STAGING + "}]}");
        assertThat(StateJson.of(staging)).isEqualTo("{" + IN_STAGING + "}");
        assertThat(StateJson.of(release)).isEqualTo("""
                {"title":"One","source":{"repoUrl":"https://git/r","commitSha":"c0ffee","ref":"refs/tags/1","committedAt":\
                "2026-01-01T00:00:00Z"},"createdAt":1700000001123,"createdRevision":2,"placements":[{"environment":"staging",\
                "current":true,"since":1700000003123,"firstSucceededAt":1700000002123,"deployment":"d","firstDeployment":"d0",\
                "linkedFrom":"development","linePosition":2}],"mark":{"revision":4,"at":1700000003123}}""");
    }

    @Test
    void whatIsCutOffIsNotTakenForLess() {
        assertThatThrownBy(() -> StateJson.release("1.0", "{\"title\":\"t\",\"placements\":["))
                .isInstanceOf(IllegalStateException.class);
    }

    /** One row of each format that was ever written: they are read for ever. */
    @Test
    void rowsOfEveryFormatAreRead() {
        assertThat(StateJson.APPLICATION_FORMAT).isEqualTo(4);
        assertThat(StateJson.RELEASE_FORMAT).isEqualTo(2);
        assertThat(StateJson.ENVIRONMENT_FORMAT).isEqualTo(1);
        Application application = StateJson.application("shop", 6, 1, """
                {"pipeline":[{"id":"development","tier":"development"},{"id":"staging"}],"environments":[{"id":"staging",\
                "current":{"release":"1.0","deployment":"d1","since":1764000000123,"actor":"ann"},"former":[],"lastDeployment":\
                {"id":"d1","release":"1.0","environment":"staging","status":"SUCCEEDED","action":"DEPLOY","linkedFrom":\
                "development","createdAt":1764000000123,"startedAt":1764000000123,"finishedAt":1764000000123},"length":1,\
                "end":"1.0","mark":{"revision":6,"at":1764000000123}},{"id":"qa","former":[],"length":0,"mark":{"revision":2,\
                "at":1764000000000}},{"id":"eu-1","former":[],"lastDeployment":{"id":"d0","release":"1.0","environment":"eu-1",\
                "status":"SUCCEEDED","action":"DEPLOY","createdAt":1764000000000,"startedAt":1764000000000,"finishedAt":\
                1764000000000},"length":1,"end":"1.0","mark":{"revision":5,"at":1764000000000}}]}""");
        Application third = StateJson.application("shop", 6, 1, """
                {"pipeline":[{"id":"development"}],"environments":[{"id":"development","former":[],"length":0}],"dropped":3}""");
        Application fourth = StateJson.application("shop", 9, 2, """
                {"pipeline":[{"id":"development"},{"id":"staging","title":"Staging (EU)","tier":"staging","after":["development"],\
                "policy":{"onlyNewer":true}}],"environments":[{"id":"staging","current":{"release":"3","deployment":"d2","since":\
                1764000000123},"former":[],"length":2,"end":"3","beforeEnd":"2","archived":["2"]}],"profile":{"title":"Shop",\
                "owner":"ann"},"archived":true,"mark":{"revision":9,"at":1764000000123}}""");
        Release second = StateJson.release("2", """
                {"title":"Two","notes":"n","labels":{"team":"a"},"createdAt":1764000000000,"createdRevision":4,"placements":\
                [{"environment":"staging","current":false,"since":1764000000123,"firstSucceededAt":1764000000001,\
                "lastSucceededAt":1764000000050,"deployment":"d1","firstDeployment":"d1","linkedFrom":"development",\
                "linePosition":1}],"archived":true}""");
        Environment dropped = StateJson.environment("qa", """
                {"former":[{"release":"1.0","deployment":"d1","since":1764000000123}],"length":1,"end":"1.0"}""");
        Release release = StateJson.release("1.0", """
                {"title":"One","createdAt":1764000000000,"createdRevision":4,"placements":[{"environment":"staging",\
                "current":true,"since":1764000000123,"firstSucceededAt":1764000000123,"deployment":"d1","firstDeployment":"d1",\
                "linkedFrom":"development","linePosition":1}],"mark":{"revision":6,"at":1764000000123}}""");

        Environment staging = application.environment("staging");
        assertThat(application.pipeline().stages())
                .containsExactly(new Stage("development", "development"), new Stage("staging", null));
        assertThat(staging.current().release()).isEqualTo("1.0");
        assertThat(staging.lastDeployment().finishedAt()).isEqualTo(Instant.ofEpochMilli(1764000000123L));
        assertThat(staging.line().at(1)).isEqualTo("1.0");
        assertThat(application.environments()).extracting(Environment::id).containsExactly("staging", "eu-1");
        assertThat(application.droppedCount()).isEqualTo(1);
        assertThat(third.droppedCount()).isEqualTo(3);
        assertThat(fourth.pipeline().stage(1))
                .isEqualTo(new Stage("staging", "Staging (EU)", "staging", List.of("development"), new Policy(true)));
        assertThat(fourth.environment("staging").rollbackTo()).isNull();
        assertThat(fourth.profile()).isEqualTo(new Profile("Shop", null, "ann", null));
        assertThat(fourth.archived()).isTrue();
        assertThat(fourth.mark().revision()).isEqualTo(9);
        assertThat(ApplicationRow.format(fourth)).isEqualTo(4);
        assertThat(second.annotations()).isEqualTo(new Annotations("n", Map.of("team", "a")));
        assertThat(second.archived()).isTrue();
        assertThat(second.placements().get("staging").lastSucceededAt())
                .isEqualTo(Instant.ofEpochMilli(1764000000050L));
        assertThat(ReleaseRow.format(second)).isEqualTo(2);
        assertThat(ReleaseRow.format(release)).isEqualTo(1);
        assertThat(dropped.previous().release()).isEqualTo("1.0");
        assertThat(dropped.line().at(1)).isEqualTo("1.0");
        assertThat(release.title()).isEqualTo("One");
        assertThat(release.locks())
                .containsExactly(Map.entry("staging", new Lock("d1", Instant.ofEpochMilli(1764000000123L))));
        assertThat(release.mark()).isEqualTo(new LastChange(6, Instant.ofEpochMilli(1764000000123L)));
    }

    private static Application application(
            String id,
            long revision,
            long releases,
            List<Stage> pipeline,
            List<Environment> environments,
            int dropped) {
        return new Application(
                id, revision, releases, new Pipeline(pipeline), environments, dropped, Profile.EMPTY, false, null);
    }

    private static Deployment.Ended deployment() {
        Deployment.Request request = new Deployment.Request(
                "d",
                "1.0",
                "staging",
                null,
                Deployment.Action.ROLLBACK,
                "1.1",
                "development",
                "ann",
                "why",
                SOURCE,
                at(1));
        return new Deployment.Ended(request, at(2), Deployment.Status.SUCCEEDED, at(3));
    }

    private static Instant at(long second) {
        return Instant.ofEpochSecond(1_700_000_000 + second, 123_000_000);
    }
}
