package dev.lockstep.store.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.KeepSchedule;
import dev.lockstep.domain.Profile;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.common.TraceContext;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.deployment.SuccessLine;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.PolicyChangeBuilder;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Annotations;
import dev.lockstep.domain.release.Lock;
import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import dev.lockstep.domain.release.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StateJsonTest {

    private static final Policy ONLY_NEWER =
            new PolicyChangeBuilder().onlyNewer(true).policy();

    private static final Source SOURCE = new Source("https://git/r", "c0ffee", "refs/tags/1", "2026-01-01T00:00:00Z");

    private static final String IN_STAGING = """
            "current":{"release":"1.0","deployment":"d","since":1700000003123,"actor":"ann"},"former":[{"release":"1.1",\
            "deployment":"c","since":1700000002123}],"lastDeployment":{"id":"d","release":"1.0","environment":"staging",\
            "status":"SUCCEEDED","action":"ROLLBACK","previousRelease":"1.1","linkedFrom":"development","actor":"ann",\
            "reason":"why","source":{"repoUrl":"https://git/r","commitSha":"c0ffee","ref":"refs/tags/1","committedAt":\
            "2026-01-01T00:00:00Z"},"createdAt":1700000001123,"startedAt":1700000002123,"finishedAt":1700000003123},\
            "length":2,"end":"1.0","beforeEnd":"0.9","mark":{"revision":4,"at":1700000003123}""";

    @Test
    void everyMemberOfAReleaseRoundTrips() {
        Map<String, Placement> placements = new LinkedHashMap<>();
        placements.put("staging", new Placement(false, at(1), at(2), at(7), "d1", "development", Duration.ZERO, 7));
        placements.put("production", new Placement(true, at(3), at(4), at(3), "d3", null, Duration.ZERO, 1));
        Map<String, Lock> locks = new LinkedHashMap<>();
        locks.put("staging", new Lock(false, "d0", at(2)));
        locks.put("production", new Lock(false, "d2", at(4)));
        Release release = new Release(
                "1.0",
                "title \"ü\" \\ \u0001 😀",
                "text",
                "pkg:generic/a@1",
                SOURCE,
                "chain",
                new Annotations("noted", Map.of("team", "a")),
                at(5),
                new Actor("ann"),
                Long.MAX_VALUE,
                locks,
                placements,
                true,
                at(7),
                new LastChange(9, at(6)));

        Release again = StateJson.parseRelease("1.0", StateJson.toJson(release));

        assertThat(again).isEqualTo(release);
        assertThat(again.placements().keySet()).containsExactly("staging", "production");
    }

    /** As left by deployments that wait, or that started and did not succeed. */
    @Test
    void locksThatDoNotFollowFromSuccessesComeBackInTheirOrder() {
        Placement success = new Placement(true, at(1), at(1), at(1), "d", null, Duration.ZERO, 1);
        Map<String, Lock> before = new LinkedHashMap<>();
        before.put("qa", new Lock(false, "c", at(0)));
        before.put("staging", new Lock(false, "d", at(1)));
        for (Map<String, Lock> locks : List.of(
                Map.<String, Lock>of(),
                Map.of("staging", new Lock(false, "d", at(0))),
                Map.of("staging", new Lock(true, "d", at(1))),
                before)) {
            Release release = locked(locks, Map.of("staging", success));

            Release again = StateJson.parseRelease("1.0", StateJson.toJson(release));

            assertThat(again).isEqualTo(release);
            assertThat(List.copyOf(again.locks().keySet())).isEqualTo(List.copyOf(locks.keySet()));
            assertThat(ReleaseRow.lowestFormat(release)).isEqualTo(3);
        }
        Release waiting = locked(Map.of("staging", new Lock(true, "d", at(1))), Map.of());
        assertThat(StateJson.parseRelease("1.0", StateJson.toJson(waiting))).isEqualTo(waiting);
    }

    private static Release locked(Map<String, Lock> locks, Map<String, Placement> placements) {
        return new Release(
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
                placements,
                false,
                null,
                null);
    }

    @Test
    void everyMemberOfWhatIsOnItsWayComesBack() {
        Deployment.Request request = new Deployment.Request(
                "e",
                "1.2",
                "staging",
                Deployment.Action.DEPLOY,
                new Attribution(new Actor("ann"), "why", "corr", new TraceContext("00-a-b-01", "ci=1")),
                SOURCE,
                at(4),
                at(5),
                at(6),
                "d");
        Deployment.Start start =
                new Deployment.Start(Deployment.Action.ROLLBACK, "1.0", "development", "staging", true, at(7));
        Deployment.InProgress inProgress = new Deployment.InProgress(
                request, start, new Deployment.Report("https://ci/1", "half \"way\"", at(8)), at(9), true);
        Deployment.Waiting due = new Deployment.Waiting(
                request, true, List.of(Blocker.Code.ENVIRONMENT_BUSY, Blocker.Code.QUEUED_BEHIND), at(9));
        Deployment.Waiting later = new Deployment.Waiting(request, false, List.of(Blocker.Code.NOT_BEFORE), at(9));
        Deployment.Ended failed = new Deployment.Ended(
                ended(request),
                start,
                new Deployment.Report(null, "gone", at(8)),
                true,
                new Deployment.StatusDetail(Deployment.Status.FAILED, Deployment.FailureKind.LOST, null, null),
                at(10));
        Environment staging = new Environment(
                "staging", null, List.of(), failed, inProgress, List.of(due, later), new SuccessLine(), null, "digest");
        Environment bare = new Environment(
                "qa",
                null,
                List.of(),
                null,
                new Deployment.InProgress(bare(), bareStart(), Deployment.Report.NONE, at(1), false),
                List.of(new Deployment.Waiting(bare(), false, List.of(), at(1))),
                new SuccessLine(),
                null,
                null);
        Application application = application(
                "a", 4, 1, List.of(new Stage("staging", null), new Stage("qa", null)), List.of(staging, bare), 0);

        Application again = StateJson.parseApplication("a", 4, 1, StateJson.toJson(application));

        assertThat(again.environment("staging").inProgress()).isEqualTo(inProgress);
        assertThat(again.environment("staging").waiting()).containsExactly(due, later);
        assertThat(again.environment("staging").lastDeployment()).isEqualTo(failed);
        assertThat(again.environment("staging").blockersDigest()).isEqualTo("digest");
        assertThat(again.environment("qa").inProgress()).isEqualTo(bare.inProgress());
        assertThat(again.environment("qa").waiting()).isEqualTo(bare.waiting());
        assertThat(again.environment("qa").lastDeployment()).isNull();
        assertThat(ApplicationRow.lowestFormat(application)).isEqualTo(5);
        assertThat(StateJson.parseEnvironment("staging", StateJson.toJson(staging))
                        .lastDeployment())
                .isEqualTo(failed);
        assertThat(EnvironmentRow.lowestFormat(staging)).isEqualTo(2);
    }

    private static Deployment.Request bare() {
        return new Deployment.Request(
                "f",
                "1",
                "qa",
                Deployment.Action.UNDEPLOY,
                new Attribution(null, null, null, null),
                null,
                at(1),
                null,
                null,
                null);
    }

    private static Deployment.Start bareStart() {
        return new Deployment.Start(Deployment.Action.UNDEPLOY, null, null, null, false, at(1));
    }

    /** For an ended deployment, neither what was requested nor who must be told is kept: nothing more will be. */
    private static Deployment.Request ended(Deployment.Request request) {
        return new Deployment.Request(
                request.id(),
                request.release(),
                request.environment(),
                Deployment.Action.ROLLBACK,
                new Attribution(
                        request.attribution().actor(), request.attribution().reason(), null, null),
                request.source(),
                request.createdAt(),
                request.notBefore(),
                request.expiresAt(),
                request.restoreOf());
    }

    @Test
    void everyMemberOfAPolicyComesBackByItself() {
        Policy byDefault = Policy.DEFAULT;
        List<Policy> policies = List.of(
                byDefault,
                new PolicyChangeBuilder()
                        .completion(Policy.Completion.REPORTED)
                        .timeout("PT1H")
                        .reportEvery("PT90S")
                        .whenBusy(Policy.WhenBusy.QUEUE)
                        .maxQueued(50)
                        .onFailure(Policy.OnFailure.RESTORE)
                        .policy(),
                new PolicyChangeBuilder().completion(Policy.Completion.REPORTED).policy(),
                new PolicyChangeBuilder().timeout("P1D").policy(),
                new PolicyChangeBuilder()
                        .onlyNewer(true)
                        .whenBusy(Policy.WhenBusy.REJECT)
                        .maxQueued(1)
                        .policy());
        for (Policy policy : policies) {
            List<Stage> pipeline = List.of(new Stage("a", null), new Stage("b", null, null, null, policy));
            Application application = application("a", 4, 1, pipeline, List.of(), 0);

            Application again = StateJson.parseApplication("a", 4, 1, StateJson.toJson(application));

            assertThat(again.pipeline().stages()).isEqualTo(pipeline);
            assertThat(ApplicationRow.lowestFormat(application)).isEqualTo(policy.equals(byDefault) ? 1 : 5);
        }
        Policy soaking = new PolicyChangeBuilder().soakTime("P1D").policy();
        Application six = application("a", 4, 1, List.of(new Stage("b", null, null, null, soaking)), List.of(), 0);
        assertThat(ApplicationRow.lowestFormat(six)).isEqualTo(6);
        assertThat(StateJson.toJson(six)).contains("\"policy\":{\"onlyNewer\":false,\"soakTime\":\"P1D\"}}");
        Application four = application("a", 4, 1, List.of(new Stage("b", null, null, null, ONLY_NEWER)), List.of(), 0);
        assertThat(ApplicationRow.lowestFormat(four)).isEqualTo(4);
        assertThat(StateJson.toJson(four)).contains("\"policy\":{\"onlyNewer\":true}}");
    }

    /** Row of the version that knows soak times, and of one before it. */
    @Test
    void rowsOfTheFormatWithSoakTimesAreRead() {
        Application sixth = StateJson.parseApplication("shop", 9, 2, """
                {"pipeline":[{"id":"development"},{"id":"staging","policy":{"onlyNewer":false,"soakTime":"PT8H"}}],"environments":\
                [{"id":"staging","former":[],"length":0,"waiting":[{"id":"d3","release":"1","environment":"staging","status":\
                "PENDING","action":"DEPLOY","createdAt":1764000000006,"correlationId":"c-3","isDue":false,"codes":["NOT_SOAKED"],\
                "judgedAt":1764000000006}]}],"mark":{"revision":9,"at":1764000000006},"decidedAt":1764000000007}""");
        Release stayed = StateJson.parseRelease("2", """
                {"title":"Two","createdAt":1764000000000,"createdRevision":4,"placements":[{"environment":"staging","current":false,\
                "since":1764000000999,"firstSucceededAt":1764000000123,"deployment":"d2","longestStay":700,"linePosition":1}]}""");
        Release before = StateJson.parseRelease("2", """
                {"title":"Two","createdAt":1764000000000,"createdRevision":4,"placements":[{"environment":"staging","current":false,\
                "since":1764000000999,"firstSucceededAt":1764000000123,"deployment":"d2","linePosition":1}]}""");

        assertThat(sixth.pipeline().stageAt(1).policy().soakTime()).isEqualTo("PT8H");
        assertThat(sixth.environment("staging").waiting().get(0).blockerCodes())
                .containsExactly(Blocker.Code.NOT_SOAKED);
        assertThat(stayed.placements().get("staging").longestStay()).isEqualTo(Duration.ofMillis(700));
        assertThat(before.placements().get("staging").longestStay()).isEqualTo(Duration.ofMillis(876));
    }

    @Test
    void theLongestStayIsStoredIfItDoesNotFollowFromTheRest() {
        for (Placement placement : List.of(
                new Placement(true, at(3), at(1), at(3), "d", null, Duration.ZERO, 1),
                new Placement(true, at(3), at(1), at(3), "d", null, Duration.ofSeconds(1), 1),
                new Placement(false, at(3), at(1), at(1), "d", null, Duration.between(at(1), at(3)), 1),
                new Placement(false, at(3), at(1), at(2), "d", null, Duration.between(at(1), at(3)), 1))) {
            Release release = new Release(
                    "1",
                    "t",
                    null,
                    null,
                    null,
                    null,
                    Annotations.NONE,
                    at(0),
                    null,
                    4,
                    Map.of("staging", new Lock(false, "d", at(1))),
                    Map.of("staging", placement),
                    false,
                    null,
                    null);

            assertThat(StateJson.parseRelease("1", StateJson.toJson(release))
                            .placements()
                            .get("staging"))
                    .isEqualTo(placement);
            assertThat(StateJson.toJson(release).contains("longestStay"))
                    .isEqualTo(
                            placement.isCurrent()
                                    ? !placement.longestStay().isZero()
                                    : placement.lastSucceededAt().equals(at(2)));
        }
    }

    /** What ends at once, wherever it was requested, is written as it always was, so that older versions can still read it. */
    @Test
    void onlyWhatEndedOtherwiseThanAlwaysRaisesTheFormat() {
        Deployment.Ended plain = deployment();
        Deployment.Start start = plain.start();
        assertThat(formatWith(plain)).isEqualTo(1);
        assertThat(formatWith(new Deployment.Ended(
                        plain.request(), start, plain.report(), true, plain.outcome(), plain.finishedAt())))
                .isEqualTo(2);
        assertThat(formatWith(new Deployment.Ended(
                        plain.request(),
                        start,
                        new Deployment.Report("https://ci", null, null),
                        false,
                        plain.outcome(),
                        plain.finishedAt())))
                .isEqualTo(2);
        assertThat(formatWith(new Deployment.Ended(
                        plain.request(),
                        start,
                        plain.report(),
                        false,
                        new Deployment.StatusDetail(
                                Deployment.Status.FAILED, Deployment.FailureKind.FAILED, null, null),
                        plain.finishedAt())))
                .isEqualTo(2);
        assertThat(formatWith(new Deployment.Ended(
                        plain.request(),
                        new Deployment.Start(Deployment.Action.UNDEPLOY, null, null, null, false, start.startedAt()),
                        plain.report(),
                        false,
                        plain.outcome(),
                        plain.finishedAt())))
                .isEqualTo(2);
        assertThat(formatWith(new Deployment.Ended(
                        plain.request(),
                        new Deployment.Start(start.action(), null, null, null, true, start.startedAt()),
                        plain.report(),
                        false,
                        plain.outcome(),
                        plain.finishedAt())))
                .isEqualTo(2);
    }

    /** Such as a code that is written without raising the format. */
    @Test
    void aWordOfALaterVersionIsNamed() {
        Application application =
                application("a", 4, 1, List.of(new Stage("b", null, null, null, ONLY_NEWER)), List.of(), 0);
        String later = StateJson.toJson(application)
                .replace("\"onlyNewer\":true", "\"onlyNewer\":true,\"completion\":\"WATCHED\"");

        assertThatThrownBy(() -> StateJson.parseApplication("a", 4, 1, later))
                .isInstanceOf(NewerFormatException.class)
                .hasMessage("the table application has rows with the value WATCHED, which this version does not know:"
                        + " run the version that wrote them, or a newer one. See docs/operations.md");
    }

    @Test
    void everyWordHasAFormatThatThisVersionReads() {
        List<Integer> inApplications = Stream.of(
                        Stream.of(Blocker.Code.values()).map(EnumFormats::formatOf),
                        Stream.of(Policy.Completion.values()).map(EnumFormats::formatOf),
                        Stream.of(Policy.WhenBusy.values()).map(EnumFormats::formatOf),
                        Stream.of(Policy.OnFailure.values()).map(EnumFormats::formatOf))
                .flatMap(formats -> formats)
                .toList();
        List<Integer> inEnvironmentsToo = Stream.of(
                        Stream.of(Deployment.Action.values()).map(EnumFormats::formatOf),
                        Stream.of(Deployment.Status.values()).map(EnumFormats::formatOf),
                        Stream.of(Deployment.FailureKind.values()).map(EnumFormats::formatOf))
                .flatMap(formats -> formats)
                .toList();

        assertThat(inApplications).allMatch(format -> format <= StateJson.APPLICATION_FORMAT);
        assertThat(inEnvironmentsToo)
                .allMatch(format -> format <= StateJson.APPLICATION_FORMAT)
                .allMatch(format -> EnvironmentRow.environmentFormat(format) <= StateJson.ENVIRONMENT_FORMAT);
    }

    private static int formatWith(Deployment.Ended last) {
        return EnvironmentRow.lowestFormat(
                new Environment("qa", null, List.of(), last, null, List.of(), new SuccessLine(), null, null));
    }

    @Test
    void whenItWasDecidedOnComesBack() {
        Application application = new Application(
                "a",
                1,
                0,
                Pipeline.of(List.of(new Stage("qa", null))),
                List.of(),
                0,
                Profile.EMPTY,
                false,
                KeepSchedule.NONE,
                null,
                at(3));

        assertThat(StateJson.toJson(application)).endsWith(",\"decidedAt\":1700000003123}");
        assertThat(StateJson.parseApplication("a", 1, 0, StateJson.toJson(application))
                        .decidedAt())
                .isEqualTo(at(3));
        assertThat(StateJson.parseApplication("a", 1, 0, "{\"pipeline\":[],\"environments\":[]}")
                        .decidedAt())
                .isEqualTo(Instant.MIN);
    }

    @Test
    void whatIsNullStaysNull() {
        Release release = new Release(
                "1.0",
                "t",
                null,
                null,
                null,
                null,
                Annotations.NONE,
                at(1),
                null,
                1,
                Map.of(),
                Map.of(),
                false,
                null,
                null);

        assertThat(StateJson.parseRelease("1.0", StateJson.toJson(release))).isEqualTo(release);
    }

    @Test
    void theKeepPolicyRoundTrips() {
        Application application = new Application(
                "a",
                4,
                0,
                Pipeline.of(List.of(new Stage("qa", null))),
                List.of(),
                0,
                Profile.EMPTY,
                false,
                new KeepSchedule(new KeepPolicy(20, 90), at(3)),
                null,
                Instant.MIN);

        assertThat(StateJson.toJson(application))
                .contains(",\"keep\":{\"releases\":20,\"days\":90,\"due\":1700000003123}");
        assertThat(StateJson.parseApplication("a", 4, 0, StateJson.toJson(application))
                        .keepSchedule())
                .isEqualTo(new KeepSchedule(new KeepPolicy(20, 90), at(3)));
        assertThat(ApplicationRow.lowestFormat(application)).isEqualTo(5);
    }

    @Test
    void whenItWasUnarchivedComesBack() {
        Release release = new Release(
                "1.0",
                "t",
                null,
                null,
                null,
                null,
                Annotations.NONE,
                at(1),
                null,
                1,
                Map.of(),
                Map.of(),
                false,
                at(3),
                null);

        assertThat(StateJson.toJson(release)).contains(",\"unarchivedAt\":1700000003123}");
        assertThat(StateJson.parseRelease("1.0", StateJson.toJson(release))).isEqualTo(release);
        assertThat(ReleaseRow.lowestFormat(release)).isEqualTo(3);
    }

    @Test
    void everyMemberOfAnApplicationComesBack() {
        Deployment.Ended deployment = deployment();
        Environment.DeployedRelease current = new Environment.DeployedRelease("1.0", "d", at(3), new Actor("ann"));
        Environment.DeployedRelease former = new Environment.DeployedRelease("1.1", "c", at(2), null);
        SuccessLine line = new SuccessLine(2);
        line.addLoaded(2, "1.0", false);
        line.addLoaded(1, "0.9", false);
        List<Environment> environments = List.of(
                new Environment(
                        "staging",
                        current,
                        List.of(former),
                        deployment,
                        null,
                        List.of(),
                        line,
                        new LastChange(4, at(3)),
                        null),
                new Environment("production"));
        List<Stage> pipeline = List.of(new Stage("production", null), new Stage("staging", "staging"));

        Application again = StateJson.parseApplication(
                "a", 4, 3, StateJson.toJson(application("a", 4, 3, pipeline, environments, 0)));

        assertThat(again.id()).isEqualTo("a");
        assertThat(again.revision()).isEqualTo(4);
        assertThat(again.releaseCount()).isEqualTo(3);
        assertThat(again.pipeline().stages()).isEqualTo(pipeline);
        assertThat(again.environments()).hasSize(2);
        Environment staging = again.environment("staging");
        assertThat(staging.current()).isEqualTo(current);
        assertThat(staging.former()).containsExactly(former);
        assertThat(staging.lastDeployment()).isEqualTo(deployment);
        assertThat(staging.lastChange()).isEqualTo(new LastChange(4, at(3)));
        assertThat(staging.line().length()).isEqualTo(2);
        assertThat(staging.line().releaseAt(2)).isEqualTo("1.0");
        assertThat(staging.rollbackTarget()).isEqualTo("0.9");
        Environment production = again.environment("production");
        assertThat(production.current()).isNull();
        assertThat(production.lastDeployment()).isNull();
        assertThat(production.line().length()).isZero();
    }

    @Test
    void everyMemberOfADroppedEnvironmentComesBack() {
        Environment.DeployedRelease former = new Environment.DeployedRelease("1.1", "c", at(2), null);
        SuccessLine line = new SuccessLine(1);
        line.addLoaded(1, "1.1", false);

        Environment again = StateJson.parseEnvironment(
                "qa",
                StateJson.toJson(new Environment(
                        "qa",
                        null,
                        List.of(former),
                        deployment(),
                        null,
                        List.of(),
                        line,
                        new LastChange(4, at(3)),
                        null)));

        assertThat(again.id()).isEqualTo("qa");
        assertThat(again.former()).containsExactly(former);
        assertThat(again.lastDeployment()).isEqualTo(deployment());
        assertThat(again.line().releaseAt(1)).isEqualTo("1.1");
        assertThat(again.lastChange()).isEqualTo(new LastChange(4, at(3)));
    }

    @Test
    void anApplicationOnlyCountsWhatWasDropped() {
        List<Stage> pipeline = List.of(new Stage("development", null));
        Application application = application(
                "a", 9, 0, pipeline, List.of(new Environment("development"), emptied("qa"), new Environment("new")), 2);

        String state = StateJson.toJson(application);
        Application again = StateJson.parseApplication("a", 9, 0, state);

        assertThat(state).doesNotContain("qa").doesNotContain("new");
        assertThat(ApplicationRow.lowestFormat(application)).isEqualTo(3);
        assertThat(again.droppedEnvironmentCount()).isEqualTo(3);
        again.addStoredDroppedEnvironment(emptied("qa"));
        assertThat(again.droppedEnvironmentCount()).isEqualTo(3);
        assertThat(again.environment("qa").hasHistory()).isTrue();
    }

    @Test
    void whereNothingIsMissingAnOlderVersionCanReadIt() {
        Application application = application("a", 1, 0, List.of(new Stage("qa", null)), List.of(emptied("qa")), 0);

        assertThat(ApplicationRow.lowestFormat(application)).isEqualTo(1);
        assertThat(StateJson.toJson(application)).doesNotContain("dropped");
    }

    private static Environment emptied(String id) {
        return new Environment(id, null, List.of(), deployment(), null, List.of(), new SuccessLine(), null, null);
    }

    @Test
    void membersOfALaterVersionAreSkipped() {
        Release release = StateJson.parseRelease("1.0", """
                {"later":{"a":[1,{"b":null}]},"title":"t","createdAt":1,"createdRevision":2,"placements":[],"new":[1]}""");

        assertThat(release.title()).isEqualTo("t");
        assertThat(release.createdRevision()).isEqualTo(2);
    }

    /** Whatever the types are called by now, older versions read these names. */
    @Test
    void rowsAreWrittenAsTheyAlwaysWere() {
        SuccessLine line = new SuccessLine(2);
        line.addLoaded(2, "1.0", false);
        line.addLoaded(1, "0.9", false);
        Environment staging = new Environment(
                "staging",
                new Environment.DeployedRelease("1.0", "d", at(3), new Actor("ann")),
                List.of(new Environment.DeployedRelease("1.1", "c", at(2), null)),
                deployment(),
                null,
                List.of(),
                line,
                new LastChange(4, at(3)),
                null);
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
                Map.of("staging", new Lock(false, "d0", at(2))),
                Map.of("staging", new Placement(true, at(3), at(2), at(3), "d", "development", Duration.ZERO, 2)),
                false,
                null,
                new LastChange(4, at(3)));

        assertThat(StateJson.toJson(
                        application("a", 4, 1, List.of(new Stage("staging", "staging")), List.of(staging), 0)))
                .isEqualTo(
                        "{\"pipeline\":[{\"id\":\"staging\",\"tier\":\"staging\"}],\"environments\":[{\"id\":\"staging\","
                                + IN_STAGING + "}]}");
        assertThat(StateJson.toJson(staging)).isEqualTo("{" + IN_STAGING + "}");
        assertThat(StateJson.toJson(release)).isEqualTo("""
                {"title":"One","source":{"repoUrl":"https://git/r","commitSha":"c0ffee","ref":"refs/tags/1","committedAt":\
                "2026-01-01T00:00:00Z"},"createdAt":1700000001123,"createdRevision":2,"placements":[{"environment":"staging",\
                "current":true,"since":1700000003123,"firstSucceededAt":1700000002123,"deployment":"d","firstDeployment":"d0",\
                "linkedFrom":"development","linePosition":2}],"mark":{"revision":4,"at":1700000003123}}""");
    }

    @Test
    void truncatedJsonIsNotAccepted() {
        assertThatThrownBy(() -> StateJson.parseRelease("1.0", "{\"title\":\"t\",\"placements\":["))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatCannotBeReadIsNotQuoted() {
        assertThatThrownBy(() -> StateJson.parseRelease("1.0", "{\"title\":\"t\",\"createdAt\":\"rather private\"}"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("table=release")
                .hasMessageContaining("createdAt")
                .hasMessageNotContaining("private")
                .hasNoCause();
    }

    @Test
    void aDeploymentThatEndedInALaterVersionsWayIsLeftToIt() {
        assertThat(NewerFormatException.parseConstant("ended_deployment", Deployment.Status.class, "FAILED"))
                .isEqualTo(Deployment.Status.FAILED);
        assertThatThrownBy(() ->
                        NewerFormatException.parseConstant("ended_deployment", Deployment.Status.class, "EVAPORATED"))
                .isInstanceOf(NewerFormatException.class)
                .hasMessageContaining("EVAPORATED");
    }

    /** One row of each format that was ever written: they must be readable forever. */
    @Test
    void rowsOfEveryFormatAreRead() {
        assertThat(StateJson.APPLICATION_FORMAT).isEqualTo(6);
        assertThat(StateJson.RELEASE_FORMAT).isEqualTo(3);
        assertThat(StateJson.ENVIRONMENT_FORMAT).isEqualTo(2);
        Application application = StateJson.parseApplication("shop", 6, 1, """
                {"pipeline":[{"id":"development","tier":"development"},{"id":"staging"}],"environments":[{"id":"staging",\
                "current":{"release":"1.0","deployment":"d1","since":1764000000123,"actor":"ann"},"former":[],"lastDeployment":\
                {"id":"d1","release":"1.0","environment":"staging","status":"SUCCEEDED","action":"DEPLOY","linkedFrom":\
                "development","createdAt":1764000000123,"startedAt":1764000000123,"finishedAt":1764000000123},"length":1,\
                "end":"1.0","mark":{"revision":6,"at":1764000000123}},{"id":"qa","former":[],"length":0,"mark":{"revision":2,\
                "at":1764000000000}},{"id":"eu-1","former":[],"lastDeployment":{"id":"d0","release":"1.0","environment":"eu-1",\
                "status":"SUCCEEDED","action":"DEPLOY","createdAt":1764000000000,"startedAt":1764000000000,"finishedAt":\
                1764000000000},"length":1,"end":"1.0","mark":{"revision":5,"at":1764000000000}}]}""");
        Application third = StateJson.parseApplication("shop", 6, 1, """
                {"pipeline":[{"id":"development"}],"environments":[{"id":"development","former":[],"length":0}],"dropped":3}""");
        Application fourth = StateJson.parseApplication("shop", 9, 2, """
                {"pipeline":[{"id":"development"},{"id":"staging","title":"Staging (EU)","tier":"staging","after":["development"],\
                "policy":{"onlyNewer":true}}],"environments":[{"id":"staging","current":{"release":"3","deployment":"d2","since":\
                1764000000123},"former":[],"length":2,"end":"3","beforeEnd":"2","archived":["2"]}],"profile":{"title":"Shop",\
                "owner":"ann"},"archived":true,"mark":{"revision":9,"at":1764000000123}}""");
        Release second = StateJson.parseRelease("2", """
                {"title":"Two","notes":"n","labels":{"team":"a"},"createdAt":1764000000000,"createdRevision":4,"placements":\
                [{"environment":"staging","current":false,"since":1764000000123,"firstSucceededAt":1764000000001,\
                "lastSucceededAt":1764000000050,"deployment":"d1","firstDeployment":"d1","linkedFrom":"development",\
                "linePosition":1}],"archived":true}""");
        Environment dropped = StateJson.parseEnvironment("qa", """
                {"former":[{"release":"1.0","deployment":"d1","since":1764000000123}],"length":1,"end":"1.0"}""");
        Release release = StateJson.parseRelease("1.0", """
                {"title":"One","createdAt":1764000000000,"createdRevision":4,"placements":[{"environment":"staging",\
                "current":true,"since":1764000000123,"firstSucceededAt":1764000000123,"deployment":"d1","firstDeployment":"d1",\
                "linkedFrom":"development","linePosition":1}],"mark":{"revision":6,"at":1764000000123}}""");

        Environment staging = application.environment("staging");
        assertThat(application.pipeline().stages())
                .containsExactly(new Stage("development", "development"), new Stage("staging", null));
        assertThat(staging.current().release()).isEqualTo("1.0");
        assertThat(staging.lastDeployment().finishedAt()).isEqualTo(Instant.ofEpochMilli(1764000000123L));
        assertThat(staging.line().releaseAt(1)).isEqualTo("1.0");
        assertThat(application.environments()).extracting(Environment::id).containsExactly("staging", "eu-1");
        assertThat(application.droppedEnvironmentCount()).isEqualTo(1);
        assertThat(third.droppedEnvironmentCount()).isEqualTo(3);
        assertThat(fourth.pipeline().stageAt(1))
                .isEqualTo(new Stage("staging", "Staging (EU)", "staging", List.of("development"), ONLY_NEWER));
        assertThat(fourth.environment("staging").rollbackTarget()).isNull();
        assertThat(fourth.profile()).isEqualTo(new Profile("Shop", null, "ann", null));
        assertThat(fourth.isArchived()).isTrue();
        assertThat(fourth.lastChange().revision()).isEqualTo(9);
        assertThat(ApplicationRow.lowestFormat(fourth)).isEqualTo(4);
        assertThat(second.annotations()).isEqualTo(new Annotations("n", Map.of("team", "a")));
        assertThat(second.isArchived()).isTrue();
        assertThat(second.placements().get("staging").lastSucceededAt())
                .isEqualTo(Instant.ofEpochMilli(1764000000050L));
        assertThat(ReleaseRow.lowestFormat(second)).isEqualTo(2);
        assertThat(ReleaseRow.lowestFormat(release)).isEqualTo(1);
        assertThat(dropped.previous().release()).isEqualTo("1.0");
        assertThat(dropped.line().releaseAt(1)).isEqualTo("1.0");
        assertThat(release.title()).isEqualTo("One");
        assertThat(release.locks())
                .containsExactly(Map.entry("staging", new Lock(false, "d1", Instant.ofEpochMilli(1764000000123L))));
        assertThat(release.lastChange()).isEqualTo(new LastChange(6, Instant.ofEpochMilli(1764000000123L)));
    }

    /** Rows of the versions that know deployments that take time. */
    @Test
    void rowsOfTheFormatsWithDeploymentsOnTheirWayAreRead() {
        Application fifth = StateJson.parseApplication("shop", 9, 2, """
                {"pipeline":[{"id":"development"},{"id":"staging","policy":{"onlyNewer":false,"completion":"REPORTED","timeout":\
                "PT1H","reportEvery":"PT5M","whenBusy":"QUEUE","maxQueued":5,"onFailure":"RESTORE"}}],"environments":[{"id":\
                "staging","former":[],"lastDeployment":{"id":"d1","release":"1","environment":"staging","status":"FAILED",\
                "action":"DEPLOY","createdAt":1764000000000,"startedAt":1764000000001,"finishedAt":1764000000002,"failureKind":\
                "TIMED_OUT","reported":true,"message":"slow","toldAt":1764000000001,"cancelRequested":true},"length":0,"active":\
                {"id":"d2","release":"2","environment":"staging","environmentTier":"staging","status":"IN_PROGRESS","action":\
                "DEPLOY","linkedFrom":"development","actor":"ann","createdAt":1764000000003,"startedAt":1764000000004,"asked":\
                "ROLLBACK","correlationId":"c-2","reported":true,"url":"https://ci/2","heardAt":1764000000005},"waiting":[{"id":\
                "d3","release":"1","environment":"staging","status":"PENDING","action":"DEPLOY","createdAt":1764000000006,\
                "notBefore":1764000000100,"expiresAt":1764000000200,"correlationId":"c-3","restoreOf":"d1","isDue":true,"codes":\
                ["ENVIRONMENT_BUSY","QUEUED_BEHIND"],"judgedAt":1764000000006}]}],"mark":{"revision":9,"at":1764000000006},\
                "decidedAt":1764000000007}""");
        Release third = StateJson.parseRelease("2", """
                {"title":"Two","createdAt":1764000000000,"createdRevision":4,"placements":[{"environment":"staging","current":true,\
                "since":1764000000123,"firstSucceededAt":1764000000123,"deployment":"d2","linePosition":1}],"locks":\
                [{"environment":"staging","deployment":"d1","since":1764000000001},{"environment":"production","deployment":"d3",\
                "since":1764000000002,"waiting":true}]}""");
        Environment second = StateJson.parseEnvironment("qa", """
                {"former":[],"lastDeployment":{"id":"d1","release":"1","environment":"qa","status":"CANCELLED","action":\
                "UNDEPLOY","createdAt":1764000000000,"startedAt":1764000000001,"finishedAt":1764000000002,"reported":true},\
                "length":0}""");

        Environment staging = fifth.environment("staging");
        assertThat(fifth.pipeline().stageAt(1).policy())
                .isEqualTo(new PolicyChangeBuilder()
                        .completion(Policy.Completion.REPORTED)
                        .timeout("PT1H")
                        .reportEvery("PT5M")
                        .whenBusy(Policy.WhenBusy.QUEUE)
                        .maxQueued(5)
                        .onFailure(Policy.OnFailure.RESTORE)
                        .policy());
        assertThat(fifth.decidedAt()).isEqualTo(Instant.ofEpochMilli(1764000000007L));
        assertThat(staging.lastDeployment().outcome().failureKind()).isEqualTo(Deployment.FailureKind.TIMED_OUT);
        assertThat(staging.lastDeployment().report().message()).isEqualTo("slow");
        assertThat(staging.lastDeployment().isCancelRequested()).isTrue();
        assertThat(staging.inProgress().request().requestedAction()).isEqualTo(Deployment.Action.ROLLBACK);
        assertThat(staging.inProgress().start().action()).isEqualTo(Deployment.Action.DEPLOY);
        assertThat(staging.inProgress().start().awaitsReport()).isTrue();
        assertThat(staging.inProgress().lastReportAt()).isEqualTo(Instant.ofEpochMilli(1764000000005L));
        Deployment.Waiting waiting = staging.waiting().get(0);
        assertThat(waiting.isInQueue()).isTrue();
        assertThat(waiting.blockerCodes()).containsExactly(Blocker.Code.ENVIRONMENT_BUSY, Blocker.Code.QUEUED_BEHIND);
        assertThat(waiting.request().restoreOf()).isEqualTo("d1");
        assertThat(waiting.request().attribution().correlationId()).isEqualTo("c-3");
        assertThat(waiting.request().expiresAt()).isEqualTo(Instant.ofEpochMilli(1764000000200L));
        assertThat(third.locks())
                .containsExactly(
                        Map.entry("staging", new Lock(false, "d1", Instant.ofEpochMilli(1764000000001L))),
                        Map.entry("production", new Lock(true, "d3", Instant.ofEpochMilli(1764000000002L))));
        assertThat(second.lastDeployment().start().action()).isEqualTo(Deployment.Action.UNDEPLOY);
        assertThat(second.lastDeployment().outcome())
                .isEqualTo(new Deployment.StatusDetail(Deployment.Status.CANCELLED, null, null, null));
    }

    private static Application application(
            String id,
            long revision,
            long releases,
            List<Stage> pipeline,
            List<Environment> environments,
            int dropped) {
        return new Application(
                id,
                revision,
                releases,
                Pipeline.of(pipeline),
                environments,
                dropped,
                Profile.EMPTY,
                false,
                KeepSchedule.NONE,
                null,
                Instant.MIN);
    }

    private static Deployment.Ended deployment() {
        Deployment.Request request = new Deployment.Request(
                "d",
                "1.0",
                "staging",
                Deployment.Action.ROLLBACK,
                new Attribution(new Actor("ann"), "why", null, null),
                SOURCE,
                at(1),
                null,
                null,
                null);
        Deployment.Start start =
                new Deployment.Start(Deployment.Action.ROLLBACK, "1.1", "development", null, false, at(2));
        return new Deployment.Ended(
                request, start, Deployment.Report.NONE, false, Deployment.StatusDetail.SUCCEEDED, at(3));
    }

    private static Instant at(long second) {
        return Instant.ofEpochSecond(1_700_000_000 + second, 123_000_000);
    }
}
